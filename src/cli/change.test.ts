import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { changeLines } from './change.ts';
import { openTerminal } from './terminal.ts';

const { paint } = openTerminal(
  { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
  { NO_COLOR: '1' },
);

it('a value that there was none of before is shown as one that was emptied is; what is new is shown alone', () => {
  expect(changeLines({ mail: null, phone: '1' }, { mail: 'a@x', phone: null, room: '7' }, paint, '')).toBe(
    'mail   (empty) → a@x\nphone  1 → (empty)\nroom   (empty) → 7\n',
  );
  expect(changeLines(null, { mail: 'a@x' }, paint, '')).toBe('mail  a@x\n');
});

import { expect, it } from 'vitest';
import { holderText } from './holder-text.ts';
import { openTerminal } from './terminal.ts';

it('who waits is told for whom, and that the other one was put out', () => {
  const terminal = openTerminal({ stdin: process.stdin, stdout: process.stdout, stderr: process.stderr }, { NO_COLOR: '1' });
  const holder = { program: '1.2.3', host: 'north', pid: 29242, since: 0, putOut: false };
  expect(holderText(holder, terminal)).toMatch(
    /^Waiting for Rollcall 1\.2\.3 \(process 29242 on north, since .*\) to end its run\. Press Ctrl-C to wait no longer\.\n$/,
  );
  expect(holderText({ ...holder, putOut: true }, terminal)).toBe(
    '! Rollcall 1.2.3 (process 29242 on north) said nothing for 30 seconds, and was put out: this one takes over.\n',
  );
});

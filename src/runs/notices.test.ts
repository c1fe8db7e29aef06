import { expect, it } from 'vitest';
import type { Notice } from './model.ts';
import { tell } from './notices.ts';

const said = (hold: number | null, connection = 'dir') =>
  ({ kind: hold === null ? 'outage' : 'gate', connection, remedy: 'look', hold }) as const;
const shown = (notices: readonly Notice[]) => notices.map((one) => [one.connection, one.hold, one.message]);

it('one hold is one notice, in its place, with what was said last', () => {
  const notices: Notice[] = [];
  tell(notices, said(1), '7 are held');
  tell(notices, said(2), '15 are held');
  tell(notices, said(1), '8 are held (7 when this began)');
  expect(shown(notices)).toEqual([
    ['dir', 1, '8 are held (7 when this began)'],
    ['dir', 2, '15 are held'],
  ]);
  // It stands over nothing any more.
  tell(notices, said(1), null);
  tell(notices, said(3), null);
  expect(shown(notices)).toEqual([['dir', 2, '15 are held']]);
});

it('of everything else each text is told once, of each connection', () => {
  const notices: Notice[] = [];
  for (const connection of ['dir', 'book']) for (const text of ['a', 'b', 'a']) tell(notices, said(null, connection), text);
  expect(shown(notices)).toEqual([
    ['dir', null, 'a'],
    ['dir', null, 'b'],
    ['book', null, 'a'],
    ['book', null, 'b'],
  ]);
});

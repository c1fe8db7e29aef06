/** With --quiet: results and faults, no hints about what to do next. */
import { afterEach, expect, it } from 'vitest';
import { BOOK, HR, type Place, place, rows } from '../integration/place.ts';

/** What `check` says of a server that is not set to be durable, as that of tests is not: a fault, with what is to be done. */
const SERVER_WARNING = /^ {2}! the PostgreSQL server runs with .*\n {4}→ as its administrator: alter system .*\n/gm;
const ME = ['--as', 'Ada', '--reason', 'looked at it'];
let here: Place;
afterEach(() => here.remove());

it('a hint stands below each result, and with --quiet the result stands alone', async () => {
  here = await place(`store: sqlite:rollcall.db
${HR}${BOOK.replace('    export:', '    import: { person: { join: employeeId, attributes: { employeeId: id } } }\n    export:')}`);
  await here.write('hr.csv', ['id,name,phone', ...rows(), ''].join('\n'));
  await here.first();
  const commands: readonly (readonly string[])[] = [
    ['check'],
    ['unlink', 'book', 'E01', ...ME],
    ['link', 'book', 'E01', 'hr:E01', ...ME],
    ['fix', 'hr:E02', 'phone', '7', ...ME],
    ['decisions', 'revoke', '4', ...ME],
    ['hold', 'book', ...ME],
    ['release', 'book', ...ME],
  ];
  for (const command of commands) {
    const other = await here.copy();
    const [said, quiet] = [await here.call(...command), await other.call(...command, '--quiet')];
    await other.remove();
    expect([said.code, quiet.code], said.err).toEqual([0, 0]);
    if (command[0] !== 'hold') expect(said.out, command[0]).toMatch(/^ {2}→ rollcall /m);
    expect(quiet.out.replace(SERVER_WARNING, ''), command[0]).not.toContain('→');
    expect(quiet.out, command[0]).toContain('✓');
  }
});

/** What a hook is given by reference is in no terminal, no record of a run and no store, also where the hook itself prints it. */
import { expect, it } from 'vitest';
import { BOOK, place } from './place.ts';

const afterImport = (command: string) => `store: sqlite:rollcall.db
hooks:
  - after: import
    command: ${command}
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, phone: phone } } }
${BOOK}`;

it('a token that a failing hook prints stays hidden', async () => {
  process.env['ROLLCALL_TEST_HOOK_TOKEN'] = 'correct-horse-battery';
  const there = await place(
    afterImport(`['sh', '-c', 'echo "the door does not take $0" >&2; exit 1', '\${env:ROLLCALL_TEST_HOOK_TOKEN}']`),
  );
  try {
    await there.write('hr.csv', 'id,name,phone\nE01,Ann,1\n');
    const called = await there.call('run');
    const shown = await there.call('run', 'show', '1', '--json');
    expect(shown.out).toContain('the door does not take ••••');
    const stored = await there.contents();
    for (const text of [called.out, called.err, shown.out, shown.err, stored]) expect(text).not.toContain('correct-horse');
    expect(stored).toContain('the door does not take ••••');
  } finally {
    delete process.env['ROLLCALL_TEST_HOOK_TOKEN'];
    await there.remove();
  }
});

it('a secret that stands where the words of a hook are cut stays hidden, and one of digits leaves JSON as it is', async () => {
  process.env['ROLLCALL_TEST_HOOK_TOKEN'] = 'correct-horse-battery';
  process.env['ROLLCALL_TEST_HOOK_PIN'] = '1000';
  const there = await place(
    afterImport(
      `['sh', '-c', 'printf "%290s%s" "" "x$0" | tr " " . >&2; exit 1', '\${env:ROLLCALL_TEST_HOOK_TOKEN}', '\${env:ROLLCALL_TEST_HOOK_PIN}']`,
    ),
  );
  try {
    await there.write('hr.csv', 'id,name,phone\nE01,Ann 1000,1\n');
    const called = await there.call('run');
    const shown = await there.call('run', 'show', '1', '--json');
    expect(shown.out).toContain('...x••••');
    for (const text of [called.out, called.err, shown.out]) expect(text).not.toContain('corre');
    const { code, out } = await there.call('runs', '--json', '--limit', '1000');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ version: 1 });
    expect(JSON.parse((await there.call('people', '--json')).out)).toMatchObject({ people: [{ label: 'Ann ••••' }] });
  } finally {
    delete process.env['ROLLCALL_TEST_HOOK_TOKEN'];
    delete process.env['ROLLCALL_TEST_HOOK_PIN'];
    await there.remove();
  }
});

/** A rollcall.yaml with faults in it, in a place that has run before: what is in the store can be looked at, nothing is written. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { STORE } from '../store.ts';
import { BOOK, type Place, place } from './place.ts';

const YAML = `connections:
  hr:
    type: csv
    path: hr.csv
    owner: true
    anchor: id
    import: { person: { join: [employeeId], project: true, attributes: { employeeId: id, displayName: name, phone: phone, manager: { reference: boss } } } }
${BOOK}`;
const ROWS = 'id,name,phone,boss\nE01,Ann,1,E02\nE02,Bo,2,\n';
const ME = ['--as', 'Ada', '--reason', 'x'];

let here: Place;
beforeEach(async () => {
  here = await place(YAML);
  await here.write('hr.csv', ROWS);
  await here.first();
  await here.write('hr.csv', `${ROWS}E02,Twice,3,\n`);
  await here.run();
});
afterEach(() => here.remove());

/** Named without the password that opens it. */
const ALONE = STORE === 'sqlite' ? 'rollcall\\.db alone' : 'the store postgres://[\\d.]+:\\d+/\\w+ alone';
const LOOKS = [
  ['parked'],
  ['runs'],
  ['run', 'show', '1'],
  ['people'],
  ['people', '--kind', 'person'],
  ['explain', 'hr:E01'],
  ['explain', 'hr:E01', 'manager'],
  ['history', 'hr:E01'],
  ['decisions'],
] as const;

it.each([
  ['a line that YAML cannot read', (text: string) => text.replace('    type: csv', '   type: csv')],
  ['a wrong name', (text: string) => text.replace('anchor: id', 'ancor: id')],
])('%s: what needs only the store is told, with the fault as a warning', async (_, spoil) => {
  const wants = new Map<string, string>();
  for (const argv of LOOKS) wants.set(argv.join(' '), (await here.call(...argv)).out);
  await here.write('rollcall.yaml', spoil(YAML));
  for (const argv of LOOKS) {
    const { code, out, err } = await here.call(...argv);
    expect([argv, code, err]).toEqual([
      argv,
      0,
      expect.stringMatching(new RegExp(`^! .*\\n {2}at .*rollcall\\.yaml, line \\d+[^]*${ALONE}`)),
    ]);
    // Reasons need rules; everything else is as it was.
    if (argv[0] === 'explain')
      expect(out).toMatch(argv.length === 2 ? /displayName +Ann/ : /\nmanager .* Bo \(#\d+\)[\s\S]*why is not known/);
    else expect(out).toBe(wants.get(argv.join(' ')));
  }
  const { code, out } = await here.call('explain', 'hr:E01', '--json');
  expect([code, JSON.parse(out)]).toEqual([
    0,
    expect.objectContaining({
      rulesKnown: false,
      attributes: expect.arrayContaining([expect.objectContaining({ attribute: 'displayName', value: 'Ann', difference: null })]),
      targets: [expect.objectContaining({ connection: 'book', account: 'E01', state: 'inStep', attributes: [] })],
      silent: [],
    }),
  ]);
});

it('what reads systems, plans or writes is refused as before, and nothing is written', async () => {
  await here.write('rollcall.yaml', YAML.replace('anchor: id', 'ancor: id'));
  const store = await here.contents();
  expect(store).toContain('Ann');
  for (const argv of [
    ['run'],
    ['plan'],
    ['preview', 'hr', 'E01'],
    ['approve', 'book', ...ME],
    ['hold', 'book', ...ME],
    ['link', 'book', 'E01', 'hr:E01', ...ME],
    ['fix', 'hr:E01', 'phone', '1', ...ME],
    ['parked', 'decide', '1', 'ignore', ...ME],
    ['decisions', 'revoke', '1', ...ME],
  ]) {
    const { code, out, err } = await here.call(...argv);
    expect([argv, code, out, err]).toEqual([argv, 1, '', expect.stringMatching(/^✗ [\s\S]*ancor[\s\S]*must be mended first/)]);
  }
  await here.call('people');
  expect(await here.contents()).toBe(store);
});

it('where the faults leave the store in doubt, or it is not there, only the faults are told', async () => {
  for (const spoil of [`store: sqlite:none.db\n${YAML}`, `store: 12\n${YAML}`, `store: \${env:NO_SUCH}\n${YAML}`]) {
    await here.write('rollcall.yaml', spoil.replace('anchor: id', 'ancor: id'));
    const { code, out, err } = await here.call('people');
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('must be mended first')]);
  }
});

/** What somebody who is worried asks explain: why she leaves, whether the last read is to be believed, where a value came from. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Place, place, rows } from './place.ts';

const YAML = `store: sqlite:rollcall.db
attributes:
  person:
    login: { unique: { candidates: [givenName] } }
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, givenName: '\${row.id.lower()}', displayName: name, phone: phone }
  book:
    type: csv
    path: book.csv
    anchor: number
    mode: on
    deprovision: { action: none }
    gates: { create: { percent: 100, count: 1000 }, attribute: { percent: 100, count: 1000 } }
    export:
      person: { provision: true, attributes: { number: employeeId, name: displayName, phone: phone, login: login } }
`;
const ALL = ['id,name,phone', ...rows()];

let here: Place;
const hr = (lines: readonly string[]) => here.write('hr.csv', `${lines.join('\n')}\n`);
const explain = async (...argv: string[]) => (await here.call('explain', ...argv)).out;

beforeEach(async () => {
  here = await place(YAML);
  await hr(ALL);
  await here.first();
});
afterEach(() => here.remove());

it('half a file: who is shown as before is told that the read was not believed, and what to do', async () => {
  expect(await explain('hr:E12')).not.toContain('not believed');
  await hr(ALL.slice(0, 5));
  await here.run();
  const out = await explain('hr:E12');
  expect(out).toContain('person, active\n');
  expect(out).toContain(
    '! hr: the last read was not believed: it shows 4 of kind person where the last complete read showed 12. Nobody is taken as gone.\n  → check the source; if it is right, run: rollcall approve hr --read\n',
  );
  expect(await explain('hr:E12', 'phone')).toContain('! hr: the last read was not believed');
});

it('a leaver: since when and from where, by which rule a frozen value came, and what becomes of the account', async () => {
  await hr(ALL.slice(0, -1));
  await here.run();
  const out = await explain('#12');
  expect(out).toContain('person, leaving: gone from hr since 2026-01-12\n');
  expect(out).toMatch(/^phone +\S+ +frozen +phone +run \d+$/m);
  expect(out).toContain('book E12  left as it is: deprovision is none');
  expect(out).not.toContain('in step');
  const one = await explain('#12', 'phone');
  expect(one).toContain('  · hr E12  says nothing: it is gone from there\n      rule phone\n');
  expect(one).not.toContain('no source has a rule for it');
  expect(one.match(/says nothing/g)).toHaveLength(1);
});

it('a made value by the place of its rule; one that nobody has by its name, and who has a rule for it', async () => {
  expect(await explain('hr:E01')).toMatch(/^login +e01 +generated +attributes\.person\.login\.unique +run \d+$/m);
  const login = await explain('hr:E01', 'login');
  expect(login).toContain('rule attributes.person.login.unique\n');
  expect(login).not.toContain('The rules give');
  expect(await explain('hr:E01', 'mail')).toMatch(/^mail \(Mail\) {2}\(empty\)\n {2}no source has a rule for it\n\n/m);
});

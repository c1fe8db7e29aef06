/** SEMANTICS 1: results do not depend on the size of a batch: what rules read of people whose turn comes in another one. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { unlimited } from './hr-and-directory.ts';

const yaml = `store: sqlite:rollcall.db
gates: { ${unlimited('create', 'update', 'attribute', 'empty')} }
attributes:
  person:
    mail:
      unique:
        candidates: ['\${person.displayName.lower() + "@x"}', '\${person.displayName.lower() + string(n) + "@x"}']
        onRename: regenerate
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, manager: { reference: boss } } }
  dir:
    type: memory
    system: dir
    import: { person: { join: employeeId, attributes: { employeeId: number } } }
    export:
      person:
        provision: true
        anchor: employeeId
        attributes:
          number: employeeId
          cn: displayName
          mail: mail
          bossMail: '\${person.manager.mail}'
          bossName: '\${person.manager.displayName}'
`;
const PEOPLE = 12;

let here: Firm;
afterEach(() => here.close());

it.each([2, 5, 1_000])(
  'after a mass rename accounts show the new mail of each manager, made in the same run, in batches of %i',
  async (batch) => {
    here = await firm(yaml);
    here.batch = batch;
    const bossOf = (i: number): number => (i * 7 + 11) % PEOPLE;
    const rename = (name: string): void => {
      for (let i = 0; i < PEOPLE; i++)
        here.system('hr').put('person', `p${i}`, { id: `p${i}`, name: `${name}${i}`, boss: `p${bossOf(i)}` });
    };
    const shown = (name: string): void => {
      for (let i = 0; i < PEOPLE; i++)
        expect(here.system('dir').get('person', `p${i}`)?.attributes).toMatchObject({
          mail: `${name}${i}@x`,
          bossMail: `${name}${bossOf(i)}@x`,
          bossName: `${name}${bossOf(i)}`,
        });
    };
    rename('a');
    here.system('dir').put('person', 'root', { number: 'root' });
    await here.first();
    shown('a');
    rename('b');
    await here.run();
    shown('b');
    // Everybody is agreed on again: nothing is written, and nothing emptied.
    await here.run({ profile: 'full-sync' });
    expect(await here.store.exports.counts('dir')).toEqual({});
    shown('b');
  },
);

it.each([2, 1_000])('what is read of a manager is as this generation leaves it, in batches of %i', async (batch) => {
  here = await firm(yaml.replace(/ +bossMail: .*\n/, ''));
  here.batch = batch;
  const rename = (name: string): void => {
    for (let i = 0; i < PEOPLE; i++)
      here.system('hr').put('person', `p${i}`, { id: `p${i}`, name: `${name}${i}`, boss: `p${PEOPLE - 1 - i}` });
  };
  const shown = () => Array.from({ length: PEOPLE }, (_, i) => here.system('dir').get('person', `p${i}`)!.attributes['bossName']);
  rename('a');
  await here.first();
  rename('b');
  await here.run();
  expect(shown()).toEqual(Array.from({ length: PEOPLE }, (_, i) => `b${PEOPLE - 1 - i}`));
});

/** SEMANTICS 12: a value that was taken over from an account stays with its person after an unlink, and is said to. */
import { afterEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { type Place, place } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'an account of the backup'];
let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['keeps hr', 'keeps dir']) forgetMemorySystem(name);
});

it('with the command that gives another one', async () => {
  here = await place(`store: sqlite:rollcall.db
attributes: { person: { login: { unique: { candidates: [person.givenName], uniqueIn: [dir.uid] } } } }
connections:
  hr:
    type: memory
    system: keeps hr
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, givenName: given } } }
  dir:
    type: memory
    system: keeps dir
    mode: on
    import: { person: { join: employeeId, attributes: { employeeId: number } } }
    export: { person: { provision: true, attributes: { number: employeeId, uid: login } } }
`);
  memorySystem('keeps hr').put('person', '1', { id: '1', given: 'ann' });
  memorySystem('keeps dir').put('person', 'x', { number: '1', uid: 'BACKUP' });
  await here.run();
  await here.call('approve', 'dir', ...ME);
  await here.run();
  const { out } = await here.call('unlink', 'dir', 'x', ...ME);
  expect(out).toContain("keeps the login of that account. Another one: rollcall fix '#1' login VALUE");
});

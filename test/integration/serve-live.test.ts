/** Decision 23: what is listened to is passed on by the service, beside whatever else it does. */
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Served, served } from './served.ts';

const YAML = `
gates: { create: { count: 100 }, update: { count: 100, percent: 100 }, attribute: { count: 100, percent: 100 } }
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    live: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } }
  out:
    type: csv
    path: out.csv
    anchor: number
    mode: on
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } }
`;

let here: Served;
beforeAll(async () => {
  here = await served(YAML, { 'hr.csv': 'id,name\n1,Zoë\n2,Ada\n' });
  // The first plan of a target is to be looked at by a person.
  expect((await here.command('run')).code).toBe(3);
  expect((await here.command('approve', 'out', '--as', 'Ada', '--reason', 'looked at it')).code).toBe(0);
});
afterAll(() => here?.close());

const written = (text: string): Promise<void> =>
  expect
    .poll(async () => await readFile(path.join(here.folder, 'out.csv'), 'utf8').catch(() => ''), { timeout: 30_000 })
    .toBe(text);

it('a file that is replaced, and one that is added to, are in the target without any run that somebody starts', async () => {
  const hr = path.join(here.folder, 'hr.csv');
  await writeFile(`${hr}.new`, 'id,name\n1,Zoë Çelik\n2,Ada\n');
  await rename(`${hr}.new`, hr);
  await written('number,cn\n1,Zoë Çelik\n2,Ada\n');
  await appendFile(hr, '3,Bo\n');
  await written('number,cn\n1,Zoë Çelik\n2,Ada\n3,Bo\n');
  expect(await here.stop()).toBe(0);
});

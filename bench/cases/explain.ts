/** How long the reasons of one person take: in a running process for a thousand, and as a command of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { explain as explainPerson } from '#people/explain';
import { type Case, must, timed } from '../case.ts';
import { employeeId, permutation } from '../data.ts';
import { median, percentile } from '../result.ts';

const ASKED = 1_000;
const COMMANDS = 5;
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export const explain: Case = {
  name: 'explain',
  organisation: 'files',
  start: 'settled',
  limit: null,
  goals: [
    { text: '99 of 100 within 20 ms', reached: ({ also }) => also!.p99Ms! < 20 },
    { text: 'as a command < 500 ms', reached: ({ also }) => also!.commandMs! < 500 },
  ],
  async run({ data, services: open }) {
    const services = await open();
    const person = permutation(data.people, data.seed + 2);
    const taken: number[] = [];
    for (let i = 0; i < Math.min(ASKED, data.people); i++) {
      const [row] = await services.store.spaces.byAnchors('hr', 'person', [employeeId(person(i))]);
      const [object] = await services.store.sync.objects([row!.objectId!]);
      const { seconds, value } = await timed(() => explainPerson(object!, null, services));
      must(value.attributes.length >= 10, 'every attribute is explained');
      taken.push(seconds * 1000);
    }
    await services.store.close();
    const commands: number[] = [];
    for (let i = 0; i < COMMANDS; i++) {
      const args = [...process.execArgv, MAIN, 'explain', `hr:${employeeId(person(i))}`];
      const { seconds, value } = await timed(async () =>
        spawnSync(process.execPath, args, { cwd: data.folder, encoding: 'utf8' }),
      );
      must(value.status === 0, `the command answers: ${value.stderr}`);
      commands.push(seconds * 1000);
    }
    const seconds = taken.reduce((sum, ms) => sum + ms, 0) / 1000;
    return {
      seconds,
      objects: taken.length,
      also: { p50Ms: median(taken), p99Ms: percentile(taken, 0.99), commandMs: median(commands) },
    };
  },
};

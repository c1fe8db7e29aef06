/**
 * `npm run bench -- --size N`: how fast Rollcall is on this machine, beside what the machine itself could do.
 *
 *     --suite NAME       engine: files and change feeds, the default; directories: real LDAP servers and databases;
 *                        service: rollcall serve, asked over the network
 *     --size N           people (default 10000; of directories, as many as its goals are for)
 *     --case NAME        only this case; may be given several times
 *     --keys ascending   keys in order instead of in the random order of real exports
 *     --store postgres   on a PostgreSQL server of its own (default sqlite)
 *     --seed N           another organisation of the same size (default 1)
 *     --folder DIR       where the data are made (default: a temporary folder, removed afterwards)
 *     --flame            run each case once more, profiled, and keep a flame graph of it under bench/results/
 *     --json             one object per line instead of the table
 *     --save             also keep the result under bench/results/
 */
import { oneOf, optionsOf, wholeNumber } from '../scripts/options.ts';
import { STORES } from './case.ts';
import { CASES } from './cases.ts';
import { DIRECTORY_CASES } from './directories/cases.ts';
import { runDirectories } from './directories/suite.ts';
import { runEngine } from './engine.ts';
import { type Result, table } from './result.ts';
import { type Run, save } from './save.ts';
import { SERVICE_CASES } from './service/cases.ts';
import { runService } from './service/suite.ts';

const { values: options } = optionsOf(import.meta.url, {
  suite: { type: 'string', default: 'engine' },
  size: { type: 'string' },
  case: { type: 'string', multiple: true, default: [] },
  keys: { type: 'string', default: 'random' },
  seed: { type: 'string', default: '1' },
  folder: { type: 'string' },
  store: { type: 'string', default: 'sqlite' },
  flame: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  save: { type: 'boolean', default: false },
});
const suite = oneOf('suite', options.suite, ['engine', 'directories', 'service']);
const people = wholeNumber('--size', options.size ?? '10000', 100);
const seed = wholeNumber('--seed', options.seed, 0);
const names = { engine: CASES, directories: DIRECTORY_CASES, service: SERVICE_CASES }[suite].map(({ name }) => name);
const chosen = options.case.length === 0 ? names : options.case.map((name) => oneOf('case', name, names));
const store = oneOf('store', options.store, STORES);
const keys = oneOf('order of keys', options.keys, ['random', 'ascending']);

const kept: Run = { people, seed, keys, store, only: [...(suite === 'engine' ? [] : [suite]), ...options.case] };
const note = (text: string): void => void process.stderr.write(`${text}\n`);
const results: Result[] = [];
const add = (result: Result): void => {
  results.push(result);
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
};

const failed = (name: string, error: unknown): void => {
  process.exitCode = 1;
  note(`${name}: ${error instanceof Error ? error.message : String(error)}`);
};

if (suite === 'directories') {
  await runDirectories(chosen, options.size === undefined ? null : people, add, failed);
  if (options.save) note(`kept in ${save(results, kept)}`);
} else {
  const asked = { kept, chosen, folder: options.folder, flame: options.flame, save: options.save, results, add, failed, note };
  await (suite === 'engine' ? runEngine : runService)(asked);
}
if (!options.json) process.stdout.write(`${table(results)}\n`);

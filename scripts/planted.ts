/**
 * `npm run test:planted`: plants each bug of test/planted, and sees the tests catch it. Or some of them, by name:
 * `npm run test:planted -- echo-unchecked`. Exit code 1 when one is not caught.
 */
import { fileURLToPath } from 'node:url';
import { plantedBugs } from '../test/planted/planted.ts';
import { optionsOf, refuse } from './options.ts';
import { catchPlanted } from './planted/run.ts';

const { positionals: only } = optionsOf(import.meta.url, {}, true);
const known = plantedBugs().map(({ name }) => name);
const unknown = only.find((name) => !known.includes(name));
if (unknown !== undefined) refuse(`there is no planted bug '${unknown}', test/planted/${unknown}.yaml`);
const { passed, failed } = await catchPlanted(fileURLToPath(new URL('..', import.meta.url)), only);
process.stdout.write(`${passed} caught, ${failed} not caught\n`);
process.exitCode = failed === 0 ? 0 : 1;

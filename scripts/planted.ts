/** `npm run test:planted`, or some of them: `npm run test:planted -- echo-unchecked`. Exit code 1 when one is not caught. */
import { fileURLToPath } from 'node:url';
import { catchPlanted } from './planted/run.ts';

const { passed, failed } = await catchPlanted(fileURLToPath(new URL('..', import.meta.url)), process.argv.slice(2));
process.stdout.write(`${passed} caught, ${failed} not caught\n`);
process.exitCode = failed === 0 ? 0 : 1;

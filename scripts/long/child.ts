/**
 * Runs one piece, and ends it with all that it started when the process that wanted it is gone: a killed `verify:long` leaves nothing
 * running that the next one would meet. It leads a group of its own, and its input is held open by whoever wants it.
 */
import { spawn } from 'node:child_process';

const end = (): void => void process.kill(-process.pid, 'SIGKILL');
process.stdin.on('end', end).on('error', end).resume();

const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(2)], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));

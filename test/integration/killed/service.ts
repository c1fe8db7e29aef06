/**
 * The service, killed (`kill -9`) at the moment that a push names by the text DIES-moment in it: `before` its commit, `staged` when that is
 * done and nothing follows from it yet, `answering` when all of it is durable and the answer is about to leave.
 */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { main } from '#cli/index';
import { createProgram } from '#main';
import { type StoreFault, withStoreFaults } from '#store/fault-injection';
import type { Asked, ServiceOptions, Told } from '#worker/contract';
import { serveLoop } from '#worker/loop';

const MOMENTS: { readonly [moment: string]: StoreFault } = {
  before: { die: 'before', how: 'kill' },
  staged: { die: 'after', how: 'kill' },
};
const momentIn = (said: unknown): string | undefined => /DIES-(\w+)/.exec(JSON.stringify(said))?.[1];

if (isMainThread) {
  const thread = () => new Worker(new URL(import.meta.url), { execArgv: ['--conditions=source'] });
  process.exitCode = await main(process.argv.slice(2), process.env, process, await createProgram(thread));
} else {
  const port = parentPort!;
  const program = await createProgram();
  let fault: StoreFault | undefined;
  const script = (operation: string): readonly StoreFault[] =>
    operation === 'spaces.stage' && fault !== undefined ? [fault] : [];
  const openStore: typeof program.openStore = async (...how) => withStoreFaults(await program.openStore(...how), { script });
  const send = port.postMessage.bind(port);
  port.postMessage = (all: readonly Told[]) => {
    const answers = all.filter((told) => 'ok' in told && told.ok);
    if (momentIn(answers) === 'answering') process.kill(process.pid, 'SIGKILL');
    send(all);
  };
  port.once('message', async (told: ServiceOptions) => {
    port.on('message', (all: readonly Asked[]) => {
      fault = MOMENTS[momentIn(all) ?? ''];
    });
    await serveLoop({ ...program, openStore }, told, port);
  });
}

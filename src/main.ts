/** The composition root: the only place that knows every part by name. */
import { readFile } from 'node:fs/promises';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Program } from '#cli/index';
import { main } from '#cli/index';
import { loadConfiguration } from '#config/load';
import { isServiceThread } from '#service/contract';
import type { ThreadPlace } from '#service/thread';
import { look as lookAtPostgres } from '#store/postgres/look';
import { open as openPostgres } from '#store/postgres/open';
import { look as lookAtSqlite } from '#store/sqlite/look';
import { open as openSqlite } from '#store/sqlite/open';
import { CONNECTORS } from './registry.ts';

/** How a thread of the service is started: this file once more. */
const thread: ThreadPlace = {
  url: new URL(import.meta.url),
  execArgv: import.meta.url.endsWith('.ts') ? ['--conditions=source'] : [],
};

export async function createProgram(): Promise<Program> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  const program: Program = {
    version,
    definitions: CONNECTORS,
    wall: () => Date.now(),
    env: process.env,
    async loadConfig(file) {
      return await loadConfiguration({ file, definitions: CONNECTORS, env: process.env });
    },
    async openStore(config, { readOnly }) {
      const how = { program: version, readOnly, create: !readOnly };
      if (config.store.kind === 'postgres') return await openPostgres({ url: config.store.url, ...how });
      return await openSqlite({ path: config.store.path, ...how });
    },
    async lookAtStore({ store }) {
      return store.kind === 'postgres' ? await lookAtPostgres(store) : lookAtSqlite(store.path);
    },
    async serve(options) {
      // Nothing else needs what it is made of.
      const { serve } = await import('#server/serve');
      return await serve(options, program, thread);
    },
  };
  return program;
}

// Threads of the service begin here as well; others find the same command line, and are none of it.
if (isServiceThread(workerData)) {
  const { serveLoop } = await import('#service/loop');
  await serveLoop(await createProgram(), workerData, parentPort!);
} else if (
  isMainThread &&
  process.argv[1] !== undefined &&
  import.meta.filename === (await import('node:fs')).realpathSync(process.argv[1])
) {
  process.exitCode = await main(process.argv.slice(2), process.env, process, await createProgram());
}

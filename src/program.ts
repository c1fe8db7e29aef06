/** What every command and every thread of the service is given: the connectors, the stores, the clock. */
import { readFile } from 'node:fs/promises';
import type { Program } from '#cli/index';
import { loadConfiguration } from '#config/load';
import type { Configuration } from '#config/model';
import { isTraced } from '#core/tracing';
import type { Store } from '#store/contract';
import { look as lookAtSqlite } from '#store/sqlite/look';
import { open as openSqlite } from '#store/sqlite/open';
import { tracedStore } from '#store/traced';
import type { StartThread } from '#worker/thread';
import { CONNECTORS } from './registry.ts';

/** `startThread`: for `serve`. */
export async function createProgramWith(startThread: StartThread): Promise<Program> {
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
      const store = await opened(config.store, { program: version, readOnly, create: !readOnly });
      return isTraced() ? tracedStore(store) : store;
    },
    async lookAtStore({ store }) {
      if (store.kind === 'sqlite') return lookAtSqlite(store.path);
      const { look } = await import('#store/postgres/look');
      return await look(store);
    },
    async serve(options) {
      const { serve } = await import('#server/serve');
      return await serve(options, program, startThread);
    },
  };
  return program;
}

async function opened(
  store: Configuration['store'],
  how: { readonly program: string; readonly readOnly: boolean; readonly create: boolean },
): Promise<Store> {
  if (store.kind === 'sqlite') return await openSqlite({ path: store.path, ...how });
  const { open } = await import('#store/postgres/open');
  return await open({ url: store.url, ...how });
}

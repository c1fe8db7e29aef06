/** The composition root: the only place that knows every part by name. */
import { readFile } from 'node:fs/promises';
import type { Program } from '#cli/index';
import { main } from '#cli/index';
import { loadConfiguration } from '#config/load';
import { look as lookAtPostgres } from '#store/postgres/look';
import { open as openPostgres } from '#store/postgres/open';
import { look as lookAtSqlite } from '#store/sqlite/look';
import { open as openSqlite } from '#store/sqlite/open';
import { CONNECTORS } from './registry.ts';

export async function createProgram(): Promise<Program> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return {
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
  };
}

if (process.argv[1] !== undefined && import.meta.filename === (await import('node:fs')).realpathSync(process.argv[1])) {
  process.exitCode = await main(process.argv.slice(2), process.env, process, await createProgram());
}

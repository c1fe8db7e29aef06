/** The composition root: the only place that knows every part by name. */
import { readFile } from 'node:fs/promises';
import type { Program } from '#cli/index';
import { main } from '#cli/index';
import { loadConfiguration } from '#config/load';
import { RollcallError } from '#core/errors';
import { open } from '#store/sqlite/open';
import { CONNECTORS } from './registry.ts';

export async function createProgram(): Promise<Program> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return {
    version,
    definitions: CONNECTORS,
    wall: () => Date.now(),
    async loadConfig(file) {
      return await loadConfiguration({ file, definitions: CONNECTORS, env: process.env });
    },
    async openStore(config, { readOnly }) {
      if (config.store.kind !== 'sqlite')
        throw new RollcallError('configuration', 'this version keeps its store in SQLite only', {
          where: { file: config.file },
          remedy: 'write store: sqlite:rollcall.db',
        });
      return await open({ path: config.store.path, program: version, readOnly, create: !readOnly });
    },
  };
}

if (process.argv[1] !== undefined && import.meta.filename === (await import('node:fs')).realpathSync(process.argv[1])) {
  process.exitCode = await main(process.argv.slice(2), process.env, process, await createProgram());
}

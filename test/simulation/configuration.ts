/** Configuration text → checked configuration, with gates wide open: gates are not modelled by the oracle. */

import { loadConfiguration } from '#config/load';
import type { Configuration } from '#config/model';
import type { ConnectorDefinition } from '#connectors/contract';
import { memory } from '#connectors/memory/index';

const OPEN = { percent: Number.MAX_SAFE_INTEGER, count: Number.MAX_SAFE_INTEGER };
const GATES = ['create', 'update', 'disable', 'delete', 'unlink', 'member', 'attribute', 'empty'];

export async function configurationFrom(yaml: string, folder: string): Promise<Configuration> {
  const loaded = await loadConfiguration({
    file: `${folder}/rollcall.yaml`,
    definitions: new Map([['memory', memory as ConnectorDefinition]]),
    env: {},
    readFile: () => Promise.resolve(yaml),
  });
  if (!loaded.ok)
    throw new Error(
      `the configuration has faults: ${loaded.faults.map((f) => `${f.message} (${f.remedy ?? ''})`).join('; ')}\n${yaml}`,
    );
  const gates = new Map(GATES.map((part) => [part, OPEN]));
  return { ...loaded.config, connections: loaded.config.connections.map((c) => ({ ...c, gates })) };
}

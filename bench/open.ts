/** Configuration and store of a folder, opened as the command line does; the target is past its first plan. */
import { join } from 'node:path';
import { createProgram } from '#main';
import type { Services } from '#runs/model';

export async function open(folder: string): Promise<Services> {
  const program = await createProgram();
  const file = join(folder, 'rollcall.yaml');
  const loaded = await program.loadConfig(file);
  if (!loaded.ok) throw new Error(loaded.faults.map((fault) => `${fault.where.line ?? '?'}: ${fault.message}`).join('\n'));
  const store = await program.openStore(loaded.config, { readOnly: false });
  for (const connection of loaded.config.connections) {
    if (connection.exports.size > 0) await store.spaces.saveState(connection.name, { mode: 'on' }, null);
  }
  return { config: loaded.config, store, wall: program.wall };
}

/** Configuration and store of a folder, opened as the command line does. */
import { join } from 'node:path';
import { createProgram } from '#main';
import type { Services } from '#runs/model';

export async function open(folder: string): Promise<Services> {
  const program = await createProgram();
  const file = join(folder, 'rollcall.yaml');
  const loaded = await program.loadConfig(file);
  if (!loaded.ok) throw new Error(loaded.faults.map((fault) => `${fault.where.line ?? '?'}: ${fault.message}`).join('\n'));
  const store = await program.openStore(loaded.config, { readOnly: false });
  return { config: loaded.config, store, wall: program.wall };
}

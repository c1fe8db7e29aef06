/** What connections that receive are asked by. */
import type { ScimBase } from '#connectors/contract';
import type { ServeOptions } from '#operations/operation';

/** Base URLs of SCIM by connection. Reaches no system. */
export async function scimBases({ connections, folder, limits }: ServeOptions['config']): Promise<ReadonlyMap<string, ScimBase>> {
  const bases = new Map<string, ScimBase>();
  for (const { name, definition, settings } of connections) {
    const open = definition.open(settings, { connection: name, folder, limits, warn: () => undefined });
    if (open.receive?.scim !== undefined) bases.set(name, open.receive.scim);
    await open.close();
  }
  return bases;
}

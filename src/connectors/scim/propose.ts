/** What a first rollcall.yaml is made of: what the resources of the first pages really have. */
import type { OpenContext, Proposed, SeenColumn } from '#connectors/contract';
import type { ScimConfig } from './config.ts';
import { MEMBERS, objectOf } from './objects.ts';
import { pagesOf } from './pages.ts';
import { serviceOf } from './service.ts';

/** By the ids of resources. */
const REFERENCES: ReadonlySet<string> = new Set([MEMBERS, 'enterprise.manager']);

export async function propose(config: ScimConfig, context: OpenContext): Promise<Proposed> {
  const service = serviceOf(config, context);
  try {
    const columns: { [kind: string]: readonly SeenColumn[] } = {};
    for (const place of service.places) {
      const counts = new Map<string, { count: number; several: boolean }>();
      for await (const { resources } of pagesOf(service, place)) {
        for (const resource of resources)
          for (const [name, value] of Object.entries(objectOf(service, place, resource).attributes)) {
            const { count, several } = counts.get(name) ?? { count: 0, several: false };
            counts.set(name, { count: count + 1, several: several || Array.isArray(value) });
          }
        const seen = [...counts].map(([name, { count, several }]): SeenColumn => {
          const refers = REFERENCES.has(name) ? { refersBy: 'anchor' } : {};
          return { name, share: count / resources.length, ...(several ? { several } : {}), ...refers };
        });
        if (seen.length > 0) columns[place.kind] = seen;
        break;
      }
    }
    return { settings: {}, ...(Object.keys(columns).length === 0 ? {} : { columns }) };
  } finally {
    service.close();
  }
}

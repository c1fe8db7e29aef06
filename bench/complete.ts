/** Is all there that a person of the benchmark's organisation has after the first cycle? */
import { explain } from '#people/explain';
import type { Services } from '#runs/model';
import { must } from './case.ts';

/** Links of both sources and of the target with their runs, what made person and account, and the reason of every attribute. */
export async function complete(services: Services, employee: string): Promise<void> {
  const { spaces, runs, sync } = services.store;
  const linked = await Promise.all(
    ['hr', 'badges', 'phonebook'].map(async (connection) => {
      const [row] = await spaces.byAnchors(connection, 'person', [employee]);
      must(
        typeof row?.objectId === 'number' && row.linkRun !== null,
        `${connection}:${employee} is linked, and by which run is known`,
      );
      return row!;
    }),
  );
  const [first] = linked;
  must(
    linked.every(({ objectId }) => objectId === first!.objectId),
    `the sources and the account of ${employee} belong to one person`,
  );
  const [object] = await sync.objects([first!.objectId!]);
  must(object !== undefined, `the person of ${employee} is there`);
  for (const [subject, id] of [['object', object!.id] as const, ['staged', linked.at(-1)!.id] as const]) {
    const changes = await runs.changes({ subject, id }, { limit: 100 });
    must(
      changes.some(({ operation }) => operation === 'create'),
      `it is recorded what made ${subject} ${id}`,
    );
  }
  const { attributes } = await explain(object!, null, services);
  const explained = new Set(attributes.map(({ attribute }) => attribute));
  for (const attribute of Object.keys(JSON.parse(object!.attributes) as object))
    must(explained.has(attribute), `${attribute} of ${employee} is explained`);
  for (const { attribute, contributions, difference } of attributes) {
    must(contributions.length > 0, `what ${attribute} of ${employee} was made of is told`);
    must(difference === null, `${attribute} of ${employee} is what its sources say`);
  }
}

/** How it ends: people by their number, who is linked to them, what the target holds; ids are left out, and rows of accounts that do not count. */
import type { MemorySystem } from '#connectors/memory/index';
import { parseImage } from '#core/canonical';
import type { StagedRow, Store } from '#store/contract';

export async function endState(
  store: Store,
  held: MemorySystem,
  counts: (account: StagedRow) => boolean = () => true,
): Promise<unknown> {
  const people = await store.sync.scanObjects({ after: 0, limit: 5_000, kind: 'person' });
  const nameOf = new Map(people.map((row) => [row.id, String(parseImage(row.attributes)['employeeId'])]));
  const linked = new Map<number, string[]>();
  for (const row of await store.sync.linked(people.map((one) => one.id))) {
    if (!counts(row)) continue;
    linked.set(row.objectId!, [
      ...(linked.get(row.objectId!) ?? []),
      `${row.connection} ${row.anchor} ${row.presence} ${row.export?.state ?? ''}`,
    ]);
  }
  const agreed = people.map((row) => {
    const attributes = { ...parseImage(row.attributes) };
    if (typeof attributes['manager'] === 'number') attributes['manager'] = nameOf.get(attributes['manager']) ?? 'nobody';
    return [nameOf.get(row.id), attributes, row.state, linked.get(row.id)?.sort()] as const;
  });
  const target = held.objects().map(({ anchor, attributes }) => [anchor, attributes] as const);
  const by = (a: readonly [unknown, ...unknown[]], b: readonly [unknown, ...unknown[]]) => (String(a[0]) < String(b[0]) ? -1 : 1);
  return {
    people: agreed.sort(by),
    target: target.sort(by),
    parked: await store.decisions.parkedCounts(),
    dirty: (await store.sync.dirty()).ranges,
  };
}

/** How many members a new group is to have: they follow once it, and their accounts, are there, as a part of its creation. */
import type { Configuration } from '#config/model';
import type { StagedRow, Store } from '#store/contract';

const PAGE = 5_000;

/** What says where members come from. */
export type MemberSources = Pick<Configuration, 'connections' | 'kinds'>;

/** As its sources name them; where several are put together, one whom two of them name counts twice. Null where none are kept there. */
export async function wantedMembers(row: StagedRow, { connections, kinds }: MemberSources, store: Store): Promise<number | null> {
  if (row.objectId === null || row.export?.operation !== 'create') return null;
  const target = connections.find((one) => one.name === row.connection);
  const [kind, rule] = [...(target?.exports ?? [])].find((one) => one[1].to === row.kind) ?? [];
  const flows = rule?.flows.filter((flow) => flow.reference?.multi === true) ?? [];
  if (kind === undefined || flows.length === 0) return null;
  const sources = (await store.sync.linked([row.objectId])).filter(
    (one) => one.connection !== row.connection && one.presence !== 'gone',
  );
  let members = 0;
  for (const flow of flows) {
    const counts: number[] = [];
    for (const source of sources)
      for (const read of readBy(source, kind, flow.reads, connections)) counts.push(await countOf(source.id, read, store));
    const merged = flow.reads.some((read) => kinds.get(kind)?.attributes.get(read)?.strategy === 'merge');
    members += merged ? counts.reduce((sum, one) => sum + one, 0) : Math.max(0, ...counts);
  }
  return members;
}

/** Attributes of a source that these are read from. */
function readBy(
  source: StagedRow,
  kind: string,
  attributes: readonly string[],
  connections: Configuration['connections'],
): readonly string[] {
  const rule = connections.find((one) => one.name === source.connection)?.imports.get(kind);
  return (rule?.flows ?? []).flatMap((flow) =>
    flow.reference !== null && attributes.includes(flow.attribute) ? [flow.reads[0]!] : [],
  );
}

async function countOf(staged: number, attribute: string, { spaces }: Store): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ; ) {
    const page = await spaces.edgesOf([staged], { attribute, limit: PAGE, ...(after === undefined ? {} : { after }) });
    count += page.length;
    if (page.length < PAGE) return count;
    after = page.at(-1)!.key;
  }
}

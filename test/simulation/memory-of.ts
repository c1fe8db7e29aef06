/** What the store remembers, in the oracle's shape: the closed list of docs/SEMANTICS.md section 1. */
import type { Configuration } from '#config/model';
import { parseImage } from '#core/canonical';
import { type Attributes, attributes, scalars, type Value } from '#core/values';
import type { ConnectionState, EdgeRow, ObjectRow, ParkedRow, StagedRow, Store } from '#store/contract';
import { type Memory, type Parked, placeOf, type StagedMemory } from '../oracle/world.ts';

const PAGE = 500;

interface Rows {
  readonly staged: readonly StagedRow[];
  readonly states: readonly ConnectionState[];
  readonly objects: readonly ObjectRow[];
  readonly edges: ReadonlyMap<number, readonly EdgeRow[]>;
  readonly parked: readonly ParkedRow[];
  /** Members that nobody knows, or that have no account in the target yet. */
  readonly debts: readonly (EdgeRow & { readonly connection: string })[];
}

export async function rowsOf(store: Store, config: Configuration): Promise<Rows> {
  const staged: StagedRow[] = [];
  for (const { name } of config.connections)
    staged.push(...(await paged((after) => store.spaces.scan(name, { after, limit: PAGE }))));
  const edges = new Map<number, EdgeRow[]>();
  for (const row of staged) edges.set(row.id, [...(await store.spaces.edgesOf([row.id], { limit: 10_000 }))]);
  return {
    staged,
    states: await store.spaces.states(),
    edges,
    objects: await paged((after) => store.sync.scanObjects({ after, limit: PAGE })),
    debts: await store.people.debts({ after: null, limit: 10_000 }),
    parked: await paged((after) => store.decisions.parked({}, { after, limit: PAGE })),
  };
}

async function paged<T extends { readonly id: number }>(read: (after: number) => Promise<readonly T[]>): Promise<T[]> {
  const out: T[] = [];
  for (;;) {
    const page = await read(out.at(-1)?.id ?? 0);
    out.push(...page);
    if (page.length < PAGE) return out;
  }
}

export function memoryOf(rows: Rows, config: Configuration): Memory {
  const memory: Memory = {
    staged: new Map(),
    objects: new Map(),
    nextObject: Math.max(0, ...rows.objects.map((o) => o.id)) + 1,
    nextLink: Math.max(0, ...rows.staged.map((row) => row.linkRun ?? 0)) + 1,
  };
  for (const row of rows.staged)
    if (row.anchor !== null) {
      const staged = stagedMemory(row, row.anchor, rows, config);
      memory.staged.set(placeOf(staged), staged);
    }
  for (const row of rows.objects) {
    const dates = JSON.parse(row.dates) as { leavingSince?: number };
    memory.objects.set(row.id, {
      id: row.id,
      kind: row.kind,
      state: row.state,
      leavingSince: dates.leavingSince ?? null,
      owned: row.owned,
      frozen: row.frozen !== null,
      attributes: resolvedOnly(agreedOf(row, rows, config)),
    });
  }
  return memory;
}

function stagedMemory(row: StagedRow, anchor: string, rows: Rows, config: Configuration): StagedMemory {
  const steps = JSON.parse(row.steps ?? '{}') as {
    disabledAt?: number;
    confirmedAt?: number;
    undone?: { [attribute: string]: { ours: Value; times: number; at: number; arrived?: true } };
  };
  // What was as it was written at the last look is not undone in a row.
  const lastRead = rows.states.find(({ name }) => name === row.connection)?.lastRead ?? null;
  const seen = row.seen === null ? attributes() : parseImage(row.seen);
  const times: StagedMemory['times'] = {};
  for (const [name, at] of Object.entries(row.times === null ? {} : (JSON.parse(row.times) as { [name: string]: number })))
    times[name] = { value: seen[name] ?? null, at };
  const confirmed = row.confirmed === null ? attributes() : parseImage(row.confirmed);
  const ours: StagedMemory['ours'] = {};
  const flows = [...config.connections.find((c) => c.name === row.connection)!.exports.values()]
    .filter((r) => r.to === row.kind)
    .flatMap((r) => r.flows);
  for (const flow of flows.filter((f) => f.type.multi)) {
    const edges = rows.edges.get(row.id)!.filter((e) => e.attribute === flow.attribute && e.state === 'seen' && e.ours);
    ours[flow.attribute] = flow.reference ? edges.map((e) => e.text) : scalars(confirmed[flow.attribute]).map(String);
  }
  // References are kept as object ids; what was confirmed of one is what was seen.
  for (const [name, value] of Object.entries(confirmed))
    if (scalars(value).some((v) => typeof v === 'object' && 'object' in v)) confirmed[name] = seen[name] ?? null;
  return {
    connection: row.connection,
    kind: row.kind,
    anchor,
    object: row.objectId,
    how: row.linkHow,
    linked: row.linkRun ?? 0,
    origin: row.origin,
    confirmed,
    times,
    ours,
    undone: Object.fromEntries(
      Object.entries(steps.undone ?? {}).filter(([, one]) => !one.arrived || (lastRead ?? one.at) <= one.at),
    ),
    disabledAt: steps.confirmedAt ?? null,
    disabledHere: steps.disabledAt !== undefined,
  };
}

/** Agreed values; those that are edges come from the source's edges. */
function agreedOf(row: ObjectRow, rows: Rows, config: Configuration): Attributes {
  const agreed = parseImage(row.attributes);
  for (const connection of config.connections)
    for (const rule of connection.imports.values()) {
      if (rule.kind !== row.kind) continue;
      for (const flow of rule.flows) {
        const edge = rule.edges.find((e) => e.multi && flow.reads.includes(e.attribute));
        if (!edge) continue;
        const found = new Set<number>();
        for (const staged of rows.staged.filter((s) => s.objectId === row.id && s.connection === connection.name))
          for (const e of rows.edges.get(staged.id)!.filter((x) => x.attribute === edge.attribute && x.state === 'seen')) {
            const other = referred(rows, edge.reference, e);
            if (other !== null) found.add(other);
          }
        if (found.size > 0) agreed[flow.attribute] = [...found].sort((a, b) => a - b);
      }
    }
  return agreed;
}

function referred(rows: Rows, by: { readonly connection: string; readonly by: unknown }, edge: EdgeRow): number | null {
  return (
    rows.staged.find((s) => s.connection === by.connection && (by.by === 'anchor' ? s.anchor === edge.key : s.name === edge.text))
      ?.objectId ?? null
  );
}

/** Without the keys that mean nobody yet. */
function resolvedOnly(values: Attributes): Attributes {
  const out = attributes();
  for (const [name, value] of Object.entries(values)) {
    const known = scalars(value).filter((v) => !(typeof v === 'string' && v.startsWith('?')));
    if (value === null || known.length > 0) out[name] = (Array.isArray(value) ? known : (known[0] ?? null)) as Value;
  }
  return out;
}

const OF_ACCOUNTS: ReadonlySet<string> = new Set(['notConverging', 'linkDoubtful']);

export function parkedOf(rows: Rows): Parked[] {
  const items = rows.parked.map((item): Parked => {
    // What an account does not keep, and a link, is parked with its person; the oracle names the staged object.
    const { anchor } = JSON.parse(item.detail) as { anchor?: string | null };
    const account = OF_ACCOUNTS.has(item.kind)
      ? rows.staged.find((s) => s.objectId === item.objectId && s.connection === item.connection && s.anchor === anchor)
      : undefined;
    const staged = account ?? rows.staged.find((s) => s.id === item.stagedId);
    const subject =
      staged && staged.anchor !== null ? { kind: staged.kind, anchor: staged.anchor } : (item.objectId ?? staged?.objectId ?? 0);
    return { kind: item.kind, connection: item.connection ?? staged?.connection ?? null, subject };
  });
  const debts = rows.debts.flatMap(({ stagedId, connection }): Parked[] => {
    const { objectId } = rows.staged.find((s) => s.id === stagedId)!;
    return objectId === null ? [] : [{ kind: 'debt', connection, subject: objectId }];
  });
  return [...items, ...debts];
}

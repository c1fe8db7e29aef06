/** What a run decided, as lines: objects in order of id, then exports per connection, then what is parked. */

import type { Configuration } from '#config/model';
import { canonicalJson, parseImage } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { printed } from '#core/generated';
import { accountName, labelOf } from '#core/label';
import { formatInstant } from '#core/time';
import { type Attributes, hasAny } from '#core/values';
import { isDiscarded, undiscarded } from '#engine/safety/discards';
import type { ChangeRow, EdgePosition, EdgeRow, ObjectRow, RunId, StagedRow, Store } from '#store/contract';
import { memberState, modesOf } from './held-members.ts';
import type { PlanLine, PlanReads } from './model.ts';
import { wantedMembers } from './wanted-members.ts';

const PAGE = 1_000;

/** `reads`: what was read for the plan. */
export async function planLines(
  store: Store,
  config: Configuration,
  { run, now, reads }: { run: RunId; now: number; reads: PlanReads | null },
): Promise<PlanLine[]> {
  const lines: PlanLine[] = [
    ...(await objectLines(store, run)),
    ...(await exportLines(store, config)),
    ...(await parkedLines(store, run)),
  ];
  const basedOn: { [connection: string]: string | null } = Object.create(null);
  for (const state of await store.spaces.states())
    basedOn[state.name] = state.lastRead === null ? null : formatInstant(state.lastRead);
  const hash = sha256Hex(lines.map((line) => canonicalJson(line)).join('\n'));
  return [{ what: 'plan', version: 1, now: formatInstant(now), basedOn, reads, hash }, ...lines];
}

async function objectLines(store: Store, run: RunId): Promise<PlanLine[]> {
  const first = new Map<number, ChangeRow>();
  const out = new Map<
    number,
    { operation: 'create' | 'update' | 'state'; before: { [a: string]: unknown }; after: { [a: string]: unknown } }
  >();
  for (let after: number | undefined; ; ) {
    const page = await store.runs.changes({ run }, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const change of page) {
      if (change.subject !== 'object') continue;
      for (let id = change.from; id <= change.to; id++) {
        if (!first.has(id)) first.set(id, change);
        const known = out.get(id);
        if (change.operation === 'create') out.set(id, { operation: 'create', before: {}, after: {} });
        else if (change.operation === 'update' || change.operation === 'state') {
          // Several changes of one object in one run are one change: from the first before to the last after.
          const before = { ...parseImage(change.before ?? '{}'), ...known?.before };
          out.set(id, {
            operation: known?.operation ?? (change.operation === 'state' ? 'state' : 'update'),
            before,
            after: { ...known?.after, ...parseImage(change.after ?? '{}') },
          });
        }
      }
    }
    if (page.length < PAGE) break;
    after = page[page.length - 1]!.id;
  }
  const ids = [...out.keys()].sort((a, b) => a - b);
  const lines: PlanLine[] = [];
  for (let i = 0; i < ids.length; i += PAGE) {
    const rows = new Map((await store.sync.objects(ids.slice(i, i + PAGE))).map((row) => [row.id, row]));
    for (const id of ids.slice(i, i + PAGE)) {
      const row = rows.get(id);
      const change = out.get(id)!;
      if (!row) continue;
      const created = change.operation === 'create';
      lines.push({
        what: 'object',
        operation: change.operation,
        object: id,
        kind: row.kind,
        label: labelOf(parseImage(row.attributes), row.id),
        before: created ? null : change.before,
        after: created ? { ...parseImage(row.attributes), '(state)': row.state } : change.after,
      });
    }
  }
  return lines;
}

async function exportLines(store: Store, config: Configuration): Promise<PlanLine[]> {
  const lines: PlanLine[] = [];
  const modes = await modesOf(config.connections, store);
  for (const [name, mode] of modes) {
    const state = await memberState(name, mode, store);
    for await (const { row, line } of pendingExports(store, name)) {
      const members = await wantedMembers(row, config, store);
      lines.push(members === null ? line : { ...line, members });
    }
    for await (const { edge, line } of pendingMembers(store, name)) lines.push({ ...line, state: state(edge) });
  }
  return lines;
}

type ExportLine = Extract<PlanLine, { what: 'export' }>;

/** Decided changes of accounts. What was discarded is no change, until its cause changes. */
export async function* pendingExports(store: Store, connection: string): AsyncGenerator<{ row: StagedRow; line: ExportLine }> {
  for (let after = 0; ; ) {
    const page = await store.exports.list(connection, ['observed', 'waiting', 'held'], { after, limit: PAGE });
    const objects = new Map(
      (await store.sync.objects([...new Set(page.flatMap((row) => (row.objectId === null ? [] : [row.objectId])))])).map(
        (row) => [row.id, row],
      ),
    );
    for (const row of page) if (!isDiscarded(row)) yield { row, line: exportLine(row, objects.get(row.objectId ?? -1)) };
    if (page.length < PAGE) return;
    after = page[page.length - 1]!.id;
  }
}

/** Decided memberships: of a group each member that comes or goes is a line. */
export async function* pendingMembers(store: Store, connection: string): AsyncGenerator<{ edge: EdgeRow; line: ExportLine }> {
  for (let after: EdgePosition | null = null; ; ) {
    const page: readonly EdgeRow[] = await store.exports.pendingEdges(connection, { after, limit: PAGE });
    const rows = new Map((await store.spaces.byIds([...new Set(page.map((e) => e.stagedId))])).map((row) => [row.id, row]));
    for (const edge of page) if (edge.decided !== 'discarded') yield { edge, line: memberLine(edge, rows.get(edge.stagedId)!) };
    if (page.length < PAGE) return;
    after = page[page.length - 1]!;
  }
}

function memberLine(edge: EdgeRow, row: StagedRow): ExportLine {
  return {
    what: 'export',
    connection: row.connection,
    operation: 'update',
    effect: null,
    state: 'waiting',
    object: row.objectId,
    kind: row.kind,
    anchor: row.anchor,
    name: row.name,
    label: accountName(row) ?? '',
    before: edge.state === 'remove' ? { [edge.attribute]: edge.text } : {},
    after: edge.state === 'add' ? { [edge.attribute]: edge.text } : {},
  };
}

function effectOf(parts: string, wanted: Attributes | null): 'disable' | 'enable' | null {
  const of = JSON.parse(parts) as string[];
  if (wanted === null || !hasAny(wanted)) return null;
  return of.includes('disable') ? 'disable' : of.includes('enable') ? 'enable' : null;
}

export function exportLine(row: StagedRow, object: ObjectRow | undefined): ExportLine {
  const columns = row.export!;
  const { wanted: left, name: wantedName } = undiscarded(row)!;
  const wanted = left && printed(left);
  const seen = row.seen === null ? null : parseImage(row.seen);
  const before: { [attribute: string]: unknown } = Object.create(null);
  if (columns.operation === 'update') for (const name in wanted) before[name] = seen?.[name] ?? null;
  if (wantedName !== null && columns.operation === 'update') before['(name)'] = row.name;
  return {
    what: 'export',
    connection: row.connection,
    operation: columns.operation,
    effect: effectOf(columns.parts, wanted),
    state: columns.state === 'observed' || columns.state === 'held' ? columns.state : 'waiting',
    object: row.objectId,
    kind: row.kind,
    anchor: columns.wantedAnchor ?? row.anchor,
    name: wantedName ?? row.name,
    label: object ? labelOf(parseImage(object.attributes), object.id) : (accountName(row) ?? ''),
    before: columns.operation === 'create' ? null : columns.operation === 'delete' ? seen : before,
    after:
      columns.operation === 'delete'
        ? null
        : wantedName !== null && columns.operation === 'update'
          ? { ...wanted, '(name)': wantedName }
          : wanted,
  };
}

async function parkedLines(store: Store, run: RunId): Promise<PlanLine[]> {
  const lines: PlanLine[] = [];
  for (let after = 0; ; ) {
    const page = await store.decisions.parked({}, { after, limit: PAGE });
    for (const row of page)
      if (row.run === run)
        lines.push({
          what: 'parked',
          kind: row.kind,
          connection: row.connection,
          label: `${row.stagedId === null ? 'object' : 'staged'} ${row.stagedId ?? row.objectId}`,
          detail: JSON.parse(row.detail),
        });
    if (page.length < PAGE) return lines;
    after = page[page.length - 1]!.id;
  }
}

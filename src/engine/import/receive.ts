/**
 * Requests of a system that tells → changes of its objects as they are at that moment → their connector space; and the answers
 * (docs/decisions/0023). Requests that come together are one batch.
 */
import type { Change, Needed, ReadObject, Received, ReceivedRequest, Refusal } from '#connectors/contract';
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { notedValues } from '#core/noted-values';
import type { AuditActor, AuditEvent, EdgePosition, EdgeRow, StagedId, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { stagePushes } from './push.ts';
import { isHeld } from './unknown.ts';

/** More of one object's references are read in so many pages. */
const PAGE = 10_000;
const NONE: ReadonlySet<string> = new Set();

/** A request, and who is noted for it in the audit log. */
export interface Arrived {
  readonly request: ReceivedRequest;
  readonly actor: AuditActor;
}

/** About different objects; each answer in its place, staged together with what is noted of it. */
export async function receiveTogether(
  context: EngineContext,
  connection: EngineConnection,
  arrived: readonly Arrived[],
): Promise<readonly unknown[]> {
  const requests = arrived.map(({ request }) => request);
  const { receive: receiver } = context.open(connection);
  if (receiver === undefined)
    throw new RollcallError('configuration', `${connection.name} takes no requests`, { where: { connection: connection.name } });
  const rows = await rowsOf(context, connection, requests);
  const now = context.wall();
  const ask = (request: ReceivedRequest, edges: ReadonlySet<string> | null): Received | Needed => {
    const row = rows.get(keyOf(request));
    return receiver.receive(request, { attributes: isHeld(row) ? parseImage(row.seen) : null, edges, now });
  };
  const first = requests.map((request) => ask(request, null));
  const needed = await edgesOf(context, requests, first, rows);
  const received = first.map((one, i) => ('needs' in one ? known(ask(requests[i]!, needed.get(requests[i]!) ?? NONE)) : one));
  const noted = new Map<ReadObject | Change, AuditEvent>();
  for (const [i, { staged }] of received.entries()) {
    if (staged?.noted === undefined) continue;
    const { action, before, after } = staged.noted;
    const subject = { connection: connection.name };
    const values = notedValues(before, after);
    noted.set(staged.change, { at: now, action, actor: arrived[i]!.actor, subject, outcome: 'done', ...values });
  }
  const staged = received.flatMap((one) => (one.staged === undefined ? [] : [one.staged]));
  const outcomes =
    staged.length === 0
      ? []
      : await stagePushes(
          context,
          connection,
          staged.map((one) => one.change),
          noted,
        );
  const refusals = new Map(staged.map((one, i) => [one, outcomes[i]!]));
  return received.map(({ answer, staged: one }) => {
    const refusal = one === undefined ? null : refusalOf(refusals.get(one)!);
    return refusal === null ? answer : one!.refused(refusal);
  });
}

function refusalOf({ faults, taken }: Awaited<ReturnType<typeof stagePushes>>[number]): Refusal | null {
  if (taken !== null) return { taken };
  return faults.length === 0 ? null : { faults };
}

async function rowsOf(
  { store }: EngineContext,
  { name }: EngineConnection,
  requests: readonly ReceivedRequest[],
): Promise<ReadonlyMap<string, StagedRow>> {
  const out = new Map<string, StagedRow>();
  for (const [kind, of] of Map.groupBy(requests, (one) => one.kind)) {
    const anchors = of.map(({ anchor }) => anchor);
    for (const row of await store.spaces.byAnchors(name, kind, anchors)) out.set(`${kind}\u0000${row.anchor}`, row);
  }
  return out;
}

function known(received: Received | Needed): Received {
  if ('needs' in received) throw new TypeError('a receiver asked for references that it had');
  return received;
}

/** Those that must be known, by request. */
async function edgesOf(
  { store: { spaces } }: EngineContext,
  requests: readonly ReceivedRequest[],
  received: readonly (Received | Needed)[],
  rows: ReadonlyMap<string, StagedRow>,
): Promise<ReadonlyMap<ReceivedRequest, ReadonlySet<string>>> {
  const out = new Map<ReceivedRequest, Set<string>>();
  const asked: EdgePosition[] = [];
  for (const [i, request] of requests.entries()) {
    const one = received[i]!;
    const row = rows.get(keyOf(request));
    if (!('needs' in one) || !isHeld(row)) continue;
    const { attribute, values } = one.needs;
    if (values === 'all') out.set(request, await allEdges(row.id, attribute, spaces));
    else asked.push(...values.map((value) => ({ stagedId: row.id, attribute, key: String(value) })));
  }
  if (asked.length === 0) return out;
  const there = Map.groupBy((await spaces.edgesAt(asked)).filter(isSeen), (edge) => edge.stagedId);
  for (const request of requests)
    if (!out.has(request)) out.set(request, new Set(there.get(rows.get(keyOf(request))?.id ?? 0)?.map((edge) => edge.key)));
  return out;
}

async function allEdges(id: StagedId, attribute: string, spaces: EngineContext['store']['spaces']): Promise<Set<string>> {
  const out = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = await spaces.edgesOf([id], { attribute, limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const edge of page) if (isSeen(edge)) out.add(edge.key);
    if (page.length < PAGE) return out;
    after = page[page.length - 1]!.key;
  }
}

function isSeen({ state }: EdgeRow): boolean {
  return state === 'seen';
}

function keyOf({ kind, anchor }: ReceivedRequest): string {
  return `${kind}\u0000${anchor}`;
}

/**
 * Requests of a system that tells → changes of its objects as they are at that moment → their connector space; and the answers
 * (docs/decisions/0023). Requests that come together are one batch.
 */
import type { Needed, Received, ReceivedRequest, Refusal } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { EdgePosition, EdgeRow, StagedId, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { type Arrived, type InARow, inARow } from './in-a-row.ts';
import { stagingPlan } from './plan.ts';
import { stagePushes } from './push.ts';

/** More of one object's references are read in so many pages. */
const PAGE = 10_000;
const NONE: ReadonlySet<string> = new Set();

/**
 * Each answer in its place; what is staged of them is, together with what is noted of it. Of one object each sees what the one before
 * it left, and what they leave is staged as one change, as far as that can be.
 */
export async function receiveTogether(
  context: EngineContext,
  connection: EngineConnection,
  arrived: readonly Arrived[],
): Promise<readonly unknown[]> {
  const { receive: receiver } = context.open(connection);
  if (receiver === undefined)
    throw new RollcallError('configuration', `${connection.name} takes no requests`, { where: { connection: connection.name } });
  const rows = await rowsOf(
    context,
    connection,
    arrived.map(({ request }) => request),
  );
  const answers = new Map<Arrived, unknown>();
  const objects = [...Map.groupBy(arrived, ({ request }) => keyOf(request))].map(([key, row]) =>
    inARow(rows.get(key), row, stagingPlan(context, connection)),
  );
  const now = context.wall();
  for (let asked = objects; asked.length > 0; asked = asked.filter((one) => one.next !== undefined)) await oneEach(asked);
  await stageAll();
  return arrived.map((one) => answers.get(one));

  async function oneEach(asked: readonly InARow[]): Promise<void> {
    const ask = (one: InARow, edges: ReadonlySet<string> | null): Received | Needed =>
      receiver!.receive(one.next!.request, { attributes: one.attributes, edges, now });
    const first = asked.map((one) => ask(one, null));
    const needed = await edgesOf(context, asked, first);
    for (const [i, one] of asked.entries()) {
      const received = first[i]!;
      one.take('needs' in received ? known(ask(one, needed.get(one) ?? NONE)) : received);
    }
  }

  async function stageAll(): Promise<void> {
    const changed = objects.filter((one) => one.change !== null);
    const noted = new Map(changed.map((one) => [one.change!, one.noted(connection.name, now)]));
    const outcomes =
      changed.length === 0
        ? []
        : await stagePushes(
            context,
            connection,
            changed.map((one) => one.change!),
            noted,
            rows,
          );
    const refusals = new Map(changed.map((one, i) => [one, refusalOf(outcomes[i]!)]));
    for (const one of objects) {
      const refusal = refusals.get(one) ?? null;
      if (refusal === null) for (const { arrived: by, received } of one.taken) answers.set(by, received.answer);
      else if (one.taken.length === 1) answers.set(one.taken[0]!.arrived, one.taken[0]!.received.staged!.refused(refusal));
      // Whose fault it is shows when each is asked for itself.
      else for (const { arrived: by } of one.taken) answers.set(by, (await receiveTogether(context, connection, [by]))[0]);
    }
    const rest = objects.flatMap((one) => one.rest);
    const later = rest.length === 0 ? [] : await receiveTogether(context, connection, rest);
    rest.forEach((one, i) => {
      answers.set(one, later[i]);
    });
  }
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

/** References that must be known, by object: as they are staged, and as those before in its row leave them. */
async function edgesOf(
  { store: { spaces } }: EngineContext,
  objects: readonly InARow[],
  received: readonly (Received | Needed)[],
): Promise<ReadonlyMap<InARow, ReadonlySet<string>>> {
  const out = new Map<InARow, ReadonlySet<string>>();
  const asked: EdgePosition[] = [];
  const needs = new Map<InARow, Needed['needs']>();
  for (const [i, one] of objects.entries()) {
    const answer = received[i]!;
    if (!('needs' in answer)) continue;
    const { attribute, values } = answer.needs;
    needs.set(one, answer.needs);
    if (one.staged === null) continue;
    if (values === 'all') out.set(one, await allEdges(one.staged, attribute, spaces));
    else asked.push(...values.map((value) => ({ stagedId: one.staged!, attribute, key: String(value) })));
  }
  const there = Map.groupBy(asked.length === 0 ? [] : (await spaces.edgesAt(asked)).filter(isSeen), (edge) => edge.stagedId);
  for (const [one, { attribute }] of needs) {
    const staged = out.get(one) ?? new Set(there.get(one.staged ?? 0)?.map((edge) => edge.key));
    out.set(one, one.edgesAfter(attribute, staged));
  }
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

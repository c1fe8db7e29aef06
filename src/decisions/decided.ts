/** What people have decided about parked items that are listed still: the next run carries it out, or it did not help. */
import type { DecisionRow, DirtyRange, ParkedRow, Store } from '#store/contract';

const PAGE = 1_000;
const ABOUT_LINKS: ReadonlySet<DecisionRow['kind']> = new Set(['link', 'barred', 'exclude', 'heldLink']);

export interface DecidedItem {
  readonly decision: DecisionRow;
  /** What carries it out: the next run, or an approval first; null = a run did, and the item is there all the same. */
  readonly waitsFor: 'run' | 'approval' | null;
}

/** Id of the item → the latest decision about what it says, made since it is parked. */
export async function decidedOf(items: readonly ParkedRow[], store: Store): Promise<ReadonlyMap<number, DecidedItem>> {
  const decisions = await decisionsAbout(items, store);
  if (decisions.length === 0) return new Map();
  const { ranges } = await store.sync.dirty();
  const waits = (one: ParkedRow): boolean => isWithin(ranges, 'staged', one.stagedId) || isWithin(ranges, 'object', one.objectId);
  return new Map(
    items.flatMap((item) => {
      const decision = decisions.findLast((one) => one.at >= item.since && concerns(one, item));
      if (decision === undefined) return [];
      const waitsFor = decision.kind === 'heldLink' ? 'approval' : waits(item) ? 'run' : null;
      return [[item.id, { decision, waitsFor }] as const];
    }),
  );
}

/** In the order in which they were made. */
async function decisionsAbout(items: readonly ParkedRow[], store: Store): Promise<readonly DecisionRow[]> {
  const found = new Map<number, DecisionRow>();
  const stagedIds = items.flatMap((one) => (one.stagedId === null ? [] : [one.stagedId]));
  const objectIds = items.flatMap((one) => (one.objectId === null ? [] : [one.objectId]));
  for (const filter of [{ stagedIds }, { objectIds }]) {
    if (Object.values(filter)[0]!.length === 0) continue;
    for (let after = 0; ; ) {
      const page = await store.decisions.list({ ...filter, active: true }, { after, limit: PAGE });
      for (const one of page) found.set(one.id, one);
      if (page.length < PAGE) break;
      after = page.at(-1)!.id;
    }
  }
  return [...found.values()].toSorted((a, b) => a.id - b.id);
}

interface Noted {
  readonly parked?: string;
  readonly attribute?: string;
  readonly detail?: Noted;
}

/** Made by deciding the item, or by a command that says the same: `link`, `unlink`, `fix`. */
function concerns(decision: DecisionRow, item: ParkedRow): boolean {
  const sameRow = item.stagedId !== null && decision.stagedId === item.stagedId;
  const sameObject = item.objectId !== null && decision.objectId === item.objectId;
  if (!sameRow && !sameObject) return false;
  const noted = JSON.parse(decision.detail) as Noted;
  const { parked, attribute } = decision.kind === 'heldLink' ? (noted.detail ?? {}) : noted;
  if (parked !== undefined) return parked === item.kind;
  if (decision.kind === 'fixed') return attribute === (JSON.parse(item.detail) as { readonly attribute?: string }).attribute;
  return sameRow && ABOUT_LINKS.has(decision.kind);
}

function isWithin(ranges: readonly DirtyRange[], subject: DirtyRange['subject'], id: number | null): boolean {
  return id !== null && ranges.some((one) => one.subject === subject && one.from <= id && id <= one.to);
}

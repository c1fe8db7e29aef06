/** Everything that is held about one person, as plain data. */
import { parseImage } from '#core/canonical';
import type { Services } from '#runs/model';
import type { AuditPage, AuditRow, DecisionRow, EdgeRow, ObjectRow, ParkedRow, StagedRow } from '#store/contract';
import { explain } from './explain.ts';
import { type HistoryEntry, historyOf } from './history.ts';

export interface HeldAbout {
  readonly object: Omit<ObjectRow, 'attributes' | 'frozen' | 'notes' | 'dates'> & {
    readonly attributes: unknown;
    readonly frozen: unknown;
    readonly dates: unknown;
  };
  /** By attribute: which connection said what, and what came of it. */
  readonly sources: readonly { readonly attribute: string; readonly contributions: readonly object[] }[];
  readonly accounts: readonly (Omit<StagedRow, 'seen' | 'sent' | 'confirmed'> & {
    readonly seen: unknown;
    readonly sent: unknown;
    readonly confirmed: unknown;
    /** References that it was read with, and memberships. */
    readonly references: readonly Pick<EdgeRow, 'attribute' | 'text' | 'state'>[];
  })[];
  readonly history: readonly HistoryEntry[];
  readonly decisions: readonly DecisionRow[];
  readonly parked: readonly ParkedRow[];
  /** What the audit log says about them and their accounts. */
  readonly audit: readonly AuditRow[];
}

const MOST = 100_000;
const PAGE = 1_000;

export async function heldAbout(object: ObjectRow, services: Pick<Services, 'store' | 'config' | 'wall'>): Promise<HeldAbout> {
  const { store } = services;
  const rows = await store.sync.linked([object.id]);
  const subjects = { objectIds: [object.id], stagedIds: rows.map(({ id }) => id) };
  const parsed = (text: string | null): unknown => (text === null ? null : parseImage(text));
  const accounts = [];
  for (const { seen, sent, confirmed, ...row } of rows) {
    const edges = await store.spaces.edgesOf([row.id], { limit: MOST });
    accounts.push({
      ...row,
      seen: parsed(seen),
      sent: parsed(sent),
      confirmed: parsed(confirmed),
      references: edges.map(({ attribute, text, state }) => ({ attribute, text, state })),
    });
  }
  const { attributes, frozen, notes: _, dates, ...rest } = object;
  const { attributes: reasons } = await explain(object, null, services);
  return {
    object: { ...rest, attributes: parsed(attributes), frozen: parsed(frozen), dates: JSON.parse(dates) as unknown },
    sources: reasons.map(({ attribute, contributions }) => ({
      attribute,
      contributions: contributions.map(({ staged: __, ...one }) => one),
    })),
    accounts,
    history: await allOfHistory(object, store),
    decisions: await all((page) => store.decisions.list({ ...subjects, active: false }, page)),
    parked: await all((page) => store.decisions.parked(subjects, page)),
    audit: await allOfAudit((after) => store.audit.list(subjects, { after, limit: PAGE })),
  };
}

async function allOfHistory(object: ObjectRow, store: Services['store']): Promise<HistoryEntry[]> {
  const out: HistoryEntry[] = [];
  for (let before: number | undefined; ; ) {
    const { entries, next }: Awaited<ReturnType<typeof historyOf>> = await historyOf(object, store, {
      before,
      limit: PAGE,
      accounts: true,
    });
    out.push(...entries);
    if (next === null) return out;
    before = next;
  }
}

async function all<Row extends { readonly id: number }>(
  read: (page: { readonly after: number; readonly limit: number }) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const out: Row[] = [];
  for (let after = 0; ; after = out.at(-1)!.id) {
    const page = await read({ after, limit: PAGE });
    out.push(...page);
    if (page.length < PAGE) return out;
  }
}

async function allOfAudit(read: (after: number) => Promise<AuditPage>): Promise<AuditRow[]> {
  const out: AuditRow[] = [];
  for (let after = 0; ; ) {
    const { events, next } = await read(after);
    out.push(...events);
    if (next === null) return out;
    after = next;
  }
}

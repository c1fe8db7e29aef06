/** Parked items: the list with what each means, and deciding one of them. */
import { canonicalJson } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import type { DirtyRange, ParkedRow, Store } from '#store/contract';
import { type Choice, meaningOf } from './choices.ts';
import { checked, type Decider } from './decision.ts';

export interface ParkedDecision {
  readonly id: number;
  readonly choice: string;
  /** A person, for choices that need one. */
  readonly person: number | null;
  readonly value: string | null;
}

const PAGE = 1_000;

/** The item with this id. Errors: notFound. */
export async function parkedItem(id: number, store: Store): Promise<ParkedRow> {
  const row = (await store.decisions.parked({}, { after: id - 1, limit: 1 }))[0];
  if (row?.id === id) return row;
  throw new RollcallError('notFound', `There is no parked item ${id}.`, {
    remedy: "'rollcall parked' lists what is parked now; an item goes away by itself once its cause is mended.",
  });
}

/** Parked items of one object and its accounts. */
export async function parkedOf(object: number, staged: ReadonlySet<number>, store: Store): Promise<readonly ParkedRow[]> {
  const found: ParkedRow[] = [];
  for (let after = 0; ; ) {
    const page = await store.decisions.parked({}, { after, limit: PAGE });
    for (const row of page) if (row.objectId === object || (row.stagedId !== null && staged.has(row.stagedId))) found.push(row);
    if (page.length < PAGE) return found;
    after = page.at(-1)!.id;
  }
}

/** Records the decision; the next run carries it out. Answers the decision's id. */
export async function decide(
  decision: ParkedDecision,
  decider: Decider,
  store: Store,
): Promise<{ decision: number; choice: Choice; item: ParkedRow }> {
  const by = checked(decider);
  const item = await parkedItem(decision.id, store);
  const choice = choiceOf(item, decision.choice);
  if (choice.needs === 'person' && decision.person === null) throw missing(item, choice, '--person PERSON');
  if (choice.needs === 'value' && decision.value === null) throw missing(item, choice, '--value TEXT');
  const detail: unknown = JSON.parse(item.detail);
  const objectId = decision.person ?? item.objectId ?? linkedTo(detail);
  const stagedId = choice.kind === 'adopt' ? (account(detail) ?? item.stagedId) : item.stagedId;
  const id = await store.decisions.record(
    {
      kind: choice.kind,
      stagedId,
      objectId,
      connection: item.connection,
      detail: canonicalJson({
        parked: item.kind,
        item: detail,
        ...(choice.needs === 'value' ? { attribute: attribute(detail), value: decision.value } : {}),
      }),
      ...by,
    },
    [...waitAgain('staged', stagedId), ...waitAgain('staged', item.stagedId), ...waitAgain('object', objectId)],
  );
  return { decision: id, choice, item };
}

function choiceOf(item: ParkedRow, name: string): Choice {
  const { choices, cure } = meaningOf(item.kind);
  const found = choices.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = choices.map((one) => one.name);
  if (names.length === 0) {
    throw new RollcallError('invalidValue', `Item ${item.id} (${item.kind}) has nothing to choose.`, { remedy: cure });
  }
  const near = nearest(name, names);
  throw new RollcallError('invalidValue', `'${name}' is not a choice for item ${item.id} (${item.kind}).`, {
    remedy: near === null ? `Choose ${names.join(' or ')}.` : `Did you mean '${near}'?`,
  });
}

function missing(item: ParkedRow, choice: Choice, option: string): RollcallError {
  return new RollcallError('invalidValue', `'${choice.name}' of item ${item.id} needs ${option}.`, { remedy: choice.about });
}

function waitAgain(subject: 'staged' | 'object', id: number | null): DirtyRange[] {
  return id === null ? [] : [{ subject, from: id, to: id, cause: 'decision' }];
}

function field(detail: unknown, name: string): unknown {
  return typeof detail === 'object' && detail !== null && Object.hasOwn(detail, name)
    ? (detail as { [name: string]: unknown })[name]
    : undefined;
}
function linkedTo(detail: unknown): number | null {
  const object = field(detail, 'object');
  return typeof object === 'number' ? object : null;
}
function account(detail: unknown): number | null {
  const staged = field(detail, 'account');
  return typeof staged === 'number' ? staged : null;
}
function attribute(detail: unknown): string | null {
  const name = field(detail, 'attribute');
  return typeof name === 'string' ? name : null;
}

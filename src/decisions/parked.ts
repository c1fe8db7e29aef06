/** Parked items: the list with what each means, and deciding one of them. */
import { canonicalJson } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import { WrongCommand } from '#core/unknown-name';
import type { DirtyRange, ObjectId, ParkedRow, StagedId, StagedRow, Store } from '#store/contract';
import { type Choice, meaningOf } from './choices.ts';
import { checked, type Decider, type GatedSurroundings } from './decision.ts';
import { type FixSurroundings, fix } from './fix.ts';
import { holdersOf, standingFor } from './has.ts';
import { recordBarred, recordLink, waitAgain } from './links.ts';
import { offeredFor } from './possible.ts';
import { type Renamed, type RenameSurroundings, rename } from './rename.ts';

export interface ParkedDecision {
  readonly id: number;
  readonly choice: string;
  /** A person, for choices that need one. */
  readonly person: number | null;
  /** A value, for choices that need one. */
  readonly value?: string | undefined;
}
export interface Decided {
  /** Id of the decision. */
  readonly decision: number;
  readonly choice: Choice;
  readonly item: ParkedRow;
  /** The value that was fixed by it; null for a choice that fixes none. */
  readonly fixed: Pick<Renamed, 'attribute' | 'value'> | null;
}

export interface ParkedSurroundings extends Pick<GatedSurroundings, 'called'> {
  readonly store: Store;
  readonly config: FixSurroundings['config'] & GatedSurroundings['config'] & RenameSurroundings['config'];
}

/** The item with this id. Errors: notFound. */
export async function parkedItem(id: number, store: Store): Promise<ParkedRow> {
  const row = (await store.decisions.parked({}, { after: id - 1, limit: 1 }))[0];
  if (row?.id === id) return row;
  throw new RollcallError('notFound', `There is no parked item ${id}.`, {
    remedy: "'rollcall parked' lists what is parked now; an item goes away by itself once its cause is mended.",
  });
}

/** Records the decision; the next run carries it out. Errors: notFound, invalidValue for a choice that does not fit. */
export async function decide(decision: ParkedDecision, decider: Decider, surroundings: ParkedSurroundings): Promise<Decided> {
  const { store } = surroundings;
  const by = checked(decider);
  const item = await parkedItem(decision.id, store);
  const choice = choiceOf(item, decision.choice);
  await refuseImpossible(item, choice, surroundings);
  if (choice.needs === 'person' && decision.person === null) {
    throw new WrongCommand('invalidValue', `'${choice.name}' of item ${item.id} needs --person PERSON.`, {
      remedy: choice.about,
    });
  }
  if (choice.needs === 'value' && decision.value === undefined) {
    throw new WrongCommand('invalidValue', `'${choice.name}' of item ${item.id} needs --value VALUE.`, { remedy: choice.about });
  }
  const detail = canonicalJson({ parked: item.kind, item: JSON.parse(item.detail) as unknown });
  const base = { connection: item.connection, detail, ...by };
  const note = { parked: item.kind };
  const again: DirtyRange[] = [...waiting('staged', item.stagedId), ...waiting('object', item.objectId)];
  const record = (
    kind: 'exclude' | 'adopt' | 'ignore' | 'release',
    stagedId: number | null,
    objectId: number | null,
    dirty: readonly DirtyRange[],
  ) => store.decisions.record({ kind, stagedId, objectId, ...base }, dirty);

  let id: number;
  let fixed: Renamed | null = null;
  switch (choice.effect) {
    case 'ignore':
      id = await record('ignore', item.stagedId, item.objectId, []);
      break;
    case 'link':
      ({ decision: id } = await recordLink(await stagedOf(item, store), decision.person!, note, by, surroundings));
      break;
    case 'keep':
      ({ decision: id } = await recordLink(await stagedOf(item, store), item.objectId!, note, by, surroundings));
      break;
    case 'unlink':
      ({ decision: id } = await recordBarred(await stagedOf(item, store), personOf(item), note, by, surroundings));
      break;
    case 'fix':
      fixed = await fixParked(item, decision.value!, by, surroundings);
      id = fixed.decision;
      break;
    case 'rename':
      fixed = await rename(item, decision.value, by, surroundings);
      id = fixed.decision;
      break;
    case 'exclude':
      id = await record('exclude', (await stagedOf(item, store)).id, null, again);
      break;
    case 'adopt': {
      const account = await existingAccount(item, store);
      id = await record('adopt', account, item.objectId, [waitAgain('staged', account), ...again]);
      break;
    }
    case 'retry':
      id = await record('release', item.stagedId, item.objectId, again);
      await retry(item, store);
      break;
  }
  return { decision: id, choice, item, fixed };
}

/** The choice of that name. @throws invalidValue */
export function choiceOf(item: ParkedRow, name: string): Choice {
  const { choices } = meaningOf(item.kind);
  const found = choices.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = choices.map((one) => one.name);
  const near = nearest(name, names);
  throw new WrongCommand('invalidValue', `'${name}' is not a choice for item ${item.id} (${item.kind}).`, {
    remedy: near === null ? `Choose ${names.join(' or ')}.` : `Did you mean '${near}'?`,
  });
}

/** @throws conflict for one that would do nothing. */
async function refuseImpossible(item: ParkedRow, choice: Choice, { store, config }: ParkedSurroundings): Promise<void> {
  if ((choice.effect !== 'adopt' && choice.effect !== 'rename') || item.objectId === null) return;
  const [object] = await store.sync.objects([item.objectId]);
  const holders = holdersOf(item, (await standingFor([item], store)).get(item.id));
  const found = offeredFor(item, object?.kind ?? null, config, holders).impossible.find((one) => one.name === choice.name);
  if (found === undefined) return;
  throw new RollcallError('conflict', `'${choice.name}' of item ${item.id} would do nothing: ${found.why}.`, {
    where: item.connection === null ? {} : { connection: item.connection },
    remedy: found.remedy,
  });
}

function waiting(subject: 'staged' | 'object', id: number | null): DirtyRange[] {
  return id === null ? [] : [waitAgain(subject, id)];
}

/** The staged object of an item; of one about a person, that in its connection with its anchor. */
async function stagedOf(item: ParkedRow, store: Store): Promise<StagedRow> {
  const { anchor } = JSON.parse(item.detail) as { anchor?: string };
  const rows = item.stagedId !== null ? await store.spaces.byIds([item.stagedId]) : await store.sync.linked([item.objectId!]);
  const row = rows.find((one) => one.id === item.stagedId || (one.connection === item.connection && one.anchor === anchor));
  if (row !== undefined) return row;
  throw new RollcallError('conflict', `What item ${item.id} is about is not there any more.`, {
    remedy: "Look again after 'rollcall run'.",
  });
}

/** Whose it would be: one that was not linked names the person in its detail. */
function personOf(item: ParkedRow): ObjectId {
  return item.objectId ?? (JSON.parse(item.detail) as { object: ObjectId }).object;
}

async function fixParked(item: ParkedRow, value: string, by: Decider, surroundings: FixSurroundings): Promise<Renamed> {
  const { attribute } = JSON.parse(item.detail) as { attribute: string };
  const object = (await surroundings.store.sync.objects([item.objectId!]))[0]!;
  const wanted = { object, attribute, values: [value], detail: { parked: item.kind } };
  return { attribute, ...(await fix(wanted, by, surroundings)) };
}

/** The account that stands where the new one was to be, or has its unique value: `{by, anchor}` of the item. */
async function existingAccount(item: ParkedRow, store: Store): Promise<StagedId> {
  const there = ((await standingFor([item], store)).get(item.id) ?? []).filter(
    (one) => one.presence === 'present' || one.presence === 'held',
  );
  const [account, ...others] = there.filter((one) => one.objectId === null);
  if (account !== undefined && others.length === 0) return account.id;
  const where = item.connection === null ? {} : { connection: item.connection };
  if (account !== undefined)
    throw new RollcallError('conflict', `${others.length + 1} accounts have the value of item ${item.id}.`, {
      where,
      remedy: `Say which it is: rollcall link ${item.connection} ANCHOR '#${item.objectId}'`,
    });
  const what = there.length > 0 ? 'belongs to somebody else' : 'is not there any more';
  throw new RollcallError('conflict', `The account of item ${item.id} ${what}.`, {
    where,
    remedy:
      there.length > 0
        ? "'rename' gives this person another value; 'rollcall unlink' ends the other link, where that one is wrong."
        : `Look again after 'rollcall run ${item.connection ?? ''}'.`,
  });
}

/** Puts a refused change back among those to be sent. */
async function retry(item: ParkedRow, store: Store): Promise<void> {
  const rows = item.stagedId === null ? [] : await store.spaces.byIds([item.stagedId]);
  const failed = rows.filter((row) => row.export?.state === 'failed');
  if (failed.length === 0) return;
  await store.exports.mark({
    connection: failed[0]!.connection,
    epoch: null,
    rows: failed.map(({ id, export: wish }) => ({
      id,
      revision: wish!.revision,
      state: 'waiting' as const,
      holdId: null,
      approved: wish!.approved,
      discarded: wish!.discarded,
    })),
  });
}

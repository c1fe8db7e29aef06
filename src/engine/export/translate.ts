/** A staged row's wish → what is sent: held parts taken out, references put in the target's terms, bytes fetched. */
import type { WriteItem, WriteValue } from '#connectors/contract';
import { parseImage } from '#core/canonical';
import type { Fault } from '#core/errors';
import { isGenerated } from '#core/generated';
import { accountName } from '#core/label';
import { isUnmade, withPhotos } from '#core/photo';
import { type Attributes, bare, hasAny, isBlob, type Scalar, scalars, type Value } from '#core/values';
import type { ExportRule, SecretFlow } from '#rules/model';
import type { StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { partialIn } from '../import/kept.ts';
import type { Steps } from '../lifecycle/steps.ts';
import { createdIn } from '../safety/creation.ts';
import { undiscarded } from '../safety/discards.ts';
import { partsOfAttribute } from '../safety/parts.ts';
import { type Account, accountsIn, referenceText } from '../sync/accounts.ts';
import { lastSeen } from './last-seen.ts';
import { isMade, type Photos, photosIn } from './photos.ts';
import { setEdit } from './set-edits.ts';

export interface Sending {
  readonly row: StagedRow;
  readonly rule: ExportRule;
  readonly item: WriteItem;
  /** Values as sent, references as text: what is expected to be seen. */
  readonly sent: Attributes;
  /** Wishes that a gate, a person or a missing account keeps back; null when none. */
  readonly rest: Attributes | null;
  /** Photos that were made for it. */
  readonly made: Steps['made'];
  /** Of its rest, photos that cannot be made, each with the reason. */
  readonly unmade: readonly Fault[];
  /** Whether the name is among them. */
  readonly nameKept: boolean;
  /** To be generated when it is sent; neither in `sent` nor in the item. */
  readonly secrets: readonly SecretFlow[];
}

interface ObjectReference {
  readonly object: number;
}

export function isObjectReference(value: unknown): value is ObjectReference {
  return typeof value === 'object' && value !== null && typeof (value as ObjectReference).object === 'number';
}

export function ruleOf(connection: EngineConnection, kind: string): ExportRule | undefined {
  for (const rule of connection.exports.values()) if (rule.to === kind) return rule;
  return undefined;
}

/** What may not be sent now, whatever is decided. */
interface Kept {
  /** By the gates, but for what a person approved. */
  readonly held: ReadonlySet<string>;
  readonly disablesOnly: boolean;
}

export const ALL_OF_IT: Kept = { held: new Set(), disablesOnly: false };

export async function translate(
  context: EngineContext,
  connection: EngineConnection,
  rows: readonly StagedRow[],
  { held: heldParts, disablesOnly }: Kept,
): Promise<Sending[]> {
  const referred: number[] = [];
  const images = rows.map((row) => (row.export!.wanted === null ? null : parseImage(row.export!.wanted)));
  for (const image of images)
    if (image) for (const name in image) for (const v of scalars(image[name]!)) if (isObjectReference(v)) referred.push(v.object);
  const accounts = await accountsIn(context, connection.name, referred);
  const photos = await photosIn(context, images);
  const out: Sending[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const rule = ruleOf(connection, row.kind);
    if (!rule) continue;
    const held = row.export!.approved === null ? heldParts : NO_PARTS;
    out.push(await translateOne(context, connection, rule, row, images[i]!, { accounts, photos, heldParts: held, disablesOnly }));
  }
  return out;
}

/** Of the whole batch. */
interface Known {
  readonly accounts: ReadonlyMap<number, Account>;
  readonly photos: Photos;
  readonly heldParts: ReadonlySet<string>;
  readonly disablesOnly: boolean;
}

const NO_PARTS: ReadonlySet<string> = new Set();
const NO_NAMES: readonly string[] = [];

async function translateOne(
  context: EngineContext,
  connection: EngineConnection,
  rule: ExportRule,
  row: StagedRow,
  wanted: Attributes | null,
  { accounts, photos, heldParts, disablesOnly }: Known,
): Promise<Sending> {
  const columns = row.export!;
  const sent: Attributes = bare();
  const secrets: SecretFlow[] = [];
  const set: { [attribute: string]: WriteValue } = bare();
  const left = columns.discarded === null ? null : undiscarded(row);
  const barred = (attribute: string): boolean => columns.discarded !== null && left?.wanted?.[attribute] === undefined;
  // A name is an update like others: what else of the account may go does not take it along.
  const nameHeld = columns.operation === 'update' && (disablesOnly || heldParts.has('update'));
  const newName = nameHeld ? null : columns.discarded === null ? columns.wantedName : (left?.name ?? null);
  const nameKept = newName !== columns.wantedName;
  let rest: Attributes | null = nameKept ? bare() : null;
  const unmade: Fault[] = [];
  let made: { [attribute: string]: NonNullable<Steps['made']>[string] } | undefined;
  const partial = columns.operation === 'update' ? partialIn(row.kept) : NO_NAMES;
  const add: { [attribute: string]: readonly Scalar[] } = bare();
  const remove: { [attribute: string]: readonly Scalar[] } = bare();
  const created = columns.operation === 'update' ? createdIn(columns.parts, wanted, rule.enabled) : NO_PARTS;
  for (const name in wanted) {
    const value = wanted[name]!;
    const parts = partsOfAttribute(name, value, rule.enabled);
    const held =
      columns.operation === 'update' &&
      ((disablesOnly && !parts.includes('disable')) || (!created.has(name) && parts.some((part) => heldParts.has(part))));
    const secret = isGenerated(value) && !held && !barred(name) ? rule.secrets.find((one) => one.attribute === name) : undefined;
    if (secret !== undefined) {
      secrets.push(secret);
      continue;
    }
    const original = scalars(value).find(isUnmade);
    const photo = original && photos.get(original.blob);
    const told = photo === undefined ? value : withPhotos(value, (one) => (isMade(photo) ? photo : one));
    const said = held || isGenerated(value) || barred(name) ? undefined : referencesAsText(told, rule, name, accounts);
    const written = said !== undefined && scalars(said).some(isBlob) ? await bytesOf(context, said) : said;
    const edit = said !== undefined && partial.includes(name) && isSet(rule, name) ? setEdit(row, name, said) : undefined;
    if (said === undefined || written === undefined || edit === null) {
      // branch: holds: ${held ? 'attribute' : 'account'} of attribute, account
      rest ??= bare();
      rest[name] = value;
      if (said !== undefined && photo !== undefined && !isMade(photo)) unmade.push({ ...photo, where: whereOf(row, name) });
      else if (edit === null) tell(context, row, name, UNSHOWN);
      else if (said !== undefined) tell(context, row, name, MISSING);
      continue;
    }
    sent[name] = said;
    if (original && isMade(photo)) {
      made ??= bare();
      made[name] = { of: original.blob, as: photo };
    }
    if (edit === undefined) set[name] = written as WriteValue;
    else {
      if (edit.add.length > 0) add[name] = edit.add;
      if (edit.remove.length > 0) remove[name] = edit.remove;
    }
  }
  const item: WriteItem = {
    // The same for every send of this wish, so that a system with idempotency keys makes it once.
    attempt: `${context.store.info.storeId}:${row.id}:${columns.revision}`,
    operation: columns.operation,
    kind: row.kind,
    anchor: columns.operation === 'create' ? columns.wantedAnchor : row.anchor,
    ...(newName === null ? {} : { name: newName }),
    set,
    ...lastSeen(context, connection, row, set),
    ...(hasAny(add) ? { add } : {}),
    ...(hasAny(remove) ? { remove } : {}),
  };
  return { row, rule, item, sent, rest, made, unmade, nameKept, secrets };
}

function isSet(rule: ExportRule, attribute: string): boolean {
  return rule.flows.some((flow) => flow.attribute === attribute && flow.type.multi);
}

/** undefined when an object it refers to has no account here yet. */
function referencesAsText(
  value: Value,
  rule: ExportRule,
  name: string,
  accounts: ReadonlyMap<number, Account>,
): Value | undefined {
  const list = scalars(value);
  if (!list.some(isObjectReference)) return value;
  const flow = rule.flows.find((f) => f.attribute === name)!;
  const texts: Scalar[] = [];
  for (const scalar of list) {
    const text = isObjectReference(scalar) ? referenceText(accounts.get(scalar.object), flow.reference!.by) : scalar;
    if (text === null) return undefined;
    texts.push(text);
  }
  return Array.isArray(value) ? texts : texts[0]!;
}

/** undefined when some of them are not in the store: nobody is sent an empty value in their place. */
async function bytesOf(context: EngineContext, value: Value): Promise<WriteValue | undefined> {
  const out: (Scalar | Uint8Array)[] = [];
  for (const scalar of scalars(value)) {
    const bytes = isBlob(scalar) ? await context.store.blobs.get(scalar.blob) : scalar;
    if (bytes === null) return undefined;
    out.push(bytes);
  }
  return Array.isArray(value) ? out : out[0]!;
}

const MISSING = {
  why: (attribute: string) => `the bytes of ${attribute} are not in the store`,
  remedy: 'restore the store from a backup, or change the value where it comes from',
};
const UNSHOWN = {
  why: (attribute: string) => `the target may not show all of ${attribute}, and bytes are only written with all of it`,
  remedy: 'let the target show the whole list, or take the attribute out of the export',
};

function tell(context: EngineContext, row: StagedRow, attribute: string, { why, remedy }: typeof MISSING): void {
  const message = `${why(attribute)}; it is held back, the other attributes go`;
  context.fault({ kind: 'internal', message, where: whereOf(row, attribute), remedy }, { subject: 'staged', id: row.id });
}

function whereOf(row: StagedRow, attribute: string): Fault['where'] {
  const object = accountName(row) ?? row.export?.wantedName ?? row.export?.wantedAnchor ?? String(row.id);
  return { connection: row.connection, object, attribute };
}

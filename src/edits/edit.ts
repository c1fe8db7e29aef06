/** One edit of one person or group: what is set, emptied and taken back by it, all or nothing. */
import { randomUUID } from 'node:crypto';
import type { RawValue } from '#connectors/contract';
import { imageText, parseImage } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { nearest } from '#core/text';
import { type Attributes, bare, type Kind, type Value } from '#core/values';
import { fieldValue } from '#rules/field';
import type { ImportRule, MetaAttribute } from '#rules/model';
import { inOrder, type Pushed, push } from '#runs/index';
import type { Services } from '#runs/model';
import type { AuditEvent, ObjectId, ObjectRow, StagedRow } from '#store/contract';
import { type Asker, edits } from './rights.ts';

type Surroundings = Pick<Services, 'store' | 'config' | 'wall'>;
type Connection = Services['config']['connections'][number];

export interface Edit {
  /** Attribute → value, or list of values; null says that there is none, whatever others say. References are ids. */
  readonly set: { readonly [attribute: string]: unknown };
  /** Attributes of which nothing is said here any more: the next connection in order has the word. */
  readonly takeBack: readonly string[];
  /** Of what was edited before, as it was shown; null = whatever it is. */
  readonly version: string | null;
  readonly by: string;
  /** Of the object as it was shown: another one is refused. */
  readonly revision?: number | undefined;
  /** For the audit log, in the transaction that stages it. */
  readonly noted?: AuditEvent | undefined;
}

export interface Edited {
  readonly version: string;
  /** Null: nothing was to be changed. */
  readonly pushed: Pushed | null;
  /** Where the object that is edited is staged. */
  readonly connection: string;
  readonly kind: Kind;
  readonly anchor: string;
}

/** Changes with everything that is edited here of somebody, and with nothing else. */
export function versionOf(row: Pick<StagedRow, 'presence' | 'seen'> | undefined): string {
  return row === undefined || row.presence === 'gone' ? '0' : sha256Hex(row.seen ?? '').slice(0, 12);
}

/** The connection that edits of this kind go to; null where the file has none. */
export function editsOf(
  kind: Kind,
  { config }: Pick<Surroundings, 'config'>,
): { connection: Connection; rule: ImportRule } | null {
  for (const connection of config.connections) {
    const rule = connection.definition.belongsTo === undefined ? undefined : connection.imports.get(kind);
    if (rule !== undefined) return { connection, rule };
  }
  return null;
}

/** What is edited here of an object. */
export async function editedRow(
  { id, kind }: Pick<ObjectRow, 'id' | 'kind'>,
  { store, config }: Pick<Surroundings, 'store' | 'config'>,
): Promise<StagedRow | undefined> {
  const at = editsOf(kind, { config });
  if (at === null) return undefined;
  const { name } = at.connection;
  const linked = (await store.sync.linked([id])).find((row) => row.connection === name && row.presence !== 'gone');
  return linked ?? (await store.spaces.byAnchors(name, at.rule.from, [String(id)]))[0];
}

/** Why somebody may not edit an attribute; null: they may. */
export function barrier(
  attribute: MetaAttribute,
  kind: Kind,
  asker: Asker,
  of: ObjectId | null,
  surroundings: Pick<Surroundings, 'config'>,
): string | null {
  const at = editsOf(kind, surroundings);
  if (at === null) return 'rollcall.yaml has no connection of type people that imports it';
  const isTaken = sourceOf(attribute.name, at.rule) !== null;
  if (!isTaken && attribute.field.edit.length === 0)
    return `rollcall.yaml lets nobody edit it; 'edit: [administrator]' beside ${attribute.name}, under attributes, would let administrators`;
  if (!isTaken)
    return `the connection ${at.connection.name} has no rule that takes it unchanged, such as '${attribute.name}: ${attribute.name}'`;
  if (!edits(attribute.field, asker, of)) return 'none of the roles that may edit it';
  return null;
}

/** The attribute of the staged object that a rule takes as it is. */
function sourceOf(attribute: string, rule: ImportRule): string | null {
  const [flow, ...more] = rule.flows.filter((one) => one.attribute === attribute);
  return flow !== undefined && more.length === 0 && flow.reads.length === 1 && flow.text === flow.reads[0] ? flow.text : null;
}

/**
 * Errors: configuration without a connection for it; conflict for an older version, or while the connection is held; for values that cannot
 * be taken, or may not be edited, one with a part for each: then nothing is changed.
 */
export async function edit(
  object: Pick<ObjectRow, 'id' | 'kind'>,
  wanted: Edit,
  asker: Asker,
  services: Surroundings,
): Promise<Edited> {
  const at = connectionFor(object.kind, services);
  return await inOrder(services.store, `edit ${object.id}`, async () => {
    const row = await editedRow(object, services);
    const version = versionOf(row);
    if (wanted.version !== null && wanted.version !== version)
      throw new RollcallError('conflict', 'somebody else edited this person meanwhile', {
        remedy: 'look at what is there now, and edit that',
      });
    const [now] = wanted.revision === undefined ? [] : await services.store.sync.objects([object.id]);
    if (now !== undefined && now.revision !== wanted.revision)
      throw new RollcallError('conflict', 'this person changed meanwhile', {
        remedy: 'look at what is there now, and edit that',
      });
    const before = row === undefined || row.presence === 'gone' ? bare() : parseImage(row.seen ?? '{}');
    const anchor = row?.anchor ?? String(object.id);
    const place = { connection: at.connection.name, kind: at.rule.from, anchor };
    const after = changed(before, object.kind, wanted, asker, object.id, services);
    if (imageText(before) === imageText(after)) return { version, pushed: null, ...place };
    const own = at.connection.definition.belongsTo!(anchor) === null;
    const pushed = await staged(at, anchor, after, Object.keys(after).length === 0 && !own, wanted, services);
    return { version: versionOf(await editedRow(object, services)), pushed, ...place };
  });
}

/** Somebody whom no source has. Errors: as of `edit`; permission where the rule makes nobody; invalidValue without any value. */
export async function make(
  kind: Kind,
  wanted: Omit<Edit, 'takeBack' | 'version'>,
  asker: Asker,
  services: Surroundings,
): Promise<Edited> {
  const at = connectionFor(kind, services);
  if (!at.rule.project)
    throw new RollcallError('permission', `${at.connection.name} makes no new ${kind}`, {
      remedy: `say project: true under connections.${at.connection.name}.import.${kind}`,
    });
  const anchor = `new-${randomUUID()}`;
  const place = { connection: at.connection.name, kind: at.rule.from, anchor };
  const after = changed(bare(), kind, { ...wanted, takeBack: [] }, asker, null, services);
  if (Object.values(after).every((value) => value === null))
    throw new RollcallError('invalidValue', `a new ${kind} needs a value`, { remedy: 'say one at least, such as a name' });
  const pushed = await staged(at, anchor, after, false, wanted, services);
  return { version: '0', pushed, ...place };
}

async function staged(
  { connection, rule }: { connection: Connection; rule: ImportRule },
  anchor: string,
  attributes: Attributes,
  remove: boolean,
  { by, noted }: Pick<Edit, 'by' | 'noted'>,
  services: Surroundings,
): Promise<Pushed> {
  const of = { kind: rule.from, anchor };
  const change = remove ? ({ op: 'delete', ...of } as const) : { ...of, attributes: attributes as { [name: string]: RawValue } };
  const pushed = await push({ connection: connection.name, change, by, ...(noted === undefined ? {} : { noted }) }, services);
  if (pushed.faults.length > 0) throw refused(pushed.faults);
  return pushed;
}

/** All of an edit is done or nothing. */
function refused(faults: readonly Fault[]): RollcallError {
  const [first, ...more] = faults as readonly [Fault, ...Fault[]];
  const same = more.every(({ kind }) => kind === first.kind) && first.kind !== 'notFound';
  const kind = same ? first.kind : 'invalidValue';
  if (more.length === 0) return new RollcallError(kind, first.message, { ...first, parts: faults });
  const names = faults.map(({ where }) => where.attribute ?? 'the whole').join(', ');
  return new RollcallError(kind, `nothing was changed: ${faults.length} values cannot be taken (${names})`, {
    remedy: 'mend them, or leave them out',
    parts: faults,
  });
}

function connectionFor(kind: Kind, services: Surroundings): { connection: Connection; rule: ImportRule } {
  const at = editsOf(kind, services);
  if (at !== null) return at;
  throw new RollcallError('configuration', `nothing says where edits of a ${kind} go`, {
    remedy: 'add a connection of type people, and edit: [...] to the attributes that may be edited',
  });
}

function changed(
  before: Attributes,
  kind: Kind,
  { set, takeBack }: Pick<Edit, 'set' | 'takeBack'>,
  asker: Asker,
  of: ObjectId | null,
  services: Surroundings,
): Attributes {
  const { rule } = connectionFor(kind, services);
  const attributes = services.config.kinds.get(kind)!.attributes;
  const after: Attributes = Object.assign(bare(), before);
  const faults: Fault[] = [];
  const allowed = (name: string): MetaAttribute => {
    const attribute = attributes.get(name);
    if (attribute === undefined) {
      const near = nearest(name, attributes.keys());
      throw new RollcallError(
        'notFound',
        `a ${kind} has no attribute '${name}'`,
        near === null ? {} : { remedy: `did you mean '${near}'?` },
      );
    }
    const why = barrier(attribute, kind, asker, of, services);
    if (why !== null) throw new RollcallError('permission', `${name} cannot be edited: ${why}`);
    return attribute;
  };
  const one = (name: string, change: () => void): void => {
    try {
      change();
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      faults.push(toFault(error, { attribute: name }));
    }
  };
  for (const [name, raw] of Object.entries(set))
    one(name, () => {
      const attribute = allowed(name);
      after[sourceOf(name, rule)!] = asStaged(fieldValue(raw, attribute));
    });
  for (const name of takeBack)
    one(name, () => {
      allowed(name);
      delete after[sourceOf(name, rule)!];
    });
  if (faults.length > 0) throw refused(faults);
  return after;
}

/** As it is kept in an image. */
function asStaged(value: Value): Value {
  return Array.isArray(value) && value.length === 0 ? null : value;
}

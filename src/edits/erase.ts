/** A person is erased: first what would go and what stays, and why; then that. */
import { auditEvent, type Happened } from '#audit/event';
import { parseImage } from '#core/canonical';
import { type IdentityValue, identityValues } from '#core/erased';
import { RollcallError } from '#core/errors';
import { accountName } from '#core/label';
import { isBlob, scalars } from '#core/values';
import { referring } from '#people/referring';
import { catchUpSearch } from '#people/searchable';
import { edited } from '#runs/index';
import type { Services } from '#runs/model';
import type { Erased, ObjectId, ObjectRow, StagedRow } from '#store/contract';

export interface Erasure {
  readonly goes: {
    /** Attributes that have a value, by name. */
    readonly attributes: readonly string[];
    readonly accounts: readonly { readonly connection: string; readonly account: string | null; readonly presence: string }[];
  };
  /** Each with why. */
  readonly stays: readonly string[];
  /** Accounts in targets that are there still: nobody would end them any more. */
  readonly standing: readonly { readonly connection: string; readonly account: string | null }[];
}

const STAYS: readonly string[] = [
  'the number that the person has here, without values: what refers to it means nobody else',
  'keyed hashes of the numbers in each source, and of the userName and externalId that a provider pushed: what shows the person still must not bring them back',
  'keyed hashes of unique values: a login is not given to somebody else',
  'events of the audit log, without values: that something was done, by whom and when',
  'counts of runs: they name nobody',
  'references in the records of others, such as the number of a manager: those are theirs, and come from their sources',
  'what the histories of others say of values that were made of this person’s, such as the name of a manager, until the retention ends',
];
const MOST_REFERRING = 1_000;

export async function erasureOf(object: ObjectRow, { store, config }: Pick<Services, 'store' | 'config'>): Promise<Erasure> {
  const rows = await store.sync.linked([object.id]);
  const isTarget = ({ connection, kind }: StagedRow): boolean =>
    [...(config.connections.find((one) => one.name === connection)?.exports.values() ?? [])].some((rule) => rule.to === kind);
  const there = rows.filter((row) => isTarget(row) && (row.presence === 'present' || row.presence === 'held'));
  return {
    goes: {
      attributes: Object.keys(parseImage(object.attributes)).sort(),
      accounts: rows.map((row) => ({ connection: row.connection, account: accountName(row), presence: row.presence })),
    },
    stays: STAYS,
    standing: there.map((row) => ({ connection: row.connection, account: accountName(row) })),
  };
}

export interface EraseOrder {
  readonly by: string;
  readonly reason: string;
  readonly actor: Happened['actor'];
  /** Accounts in targets that are still there are left as they are, and forgotten. */
  readonly accountsStay: boolean;
}

/** Errors: conflict while accounts stand in targets and are not to stay, while a run goes on, or something is on its way. */
export async function erase(object: ObjectRow, order: EraseOrder, services: Services): Promise<Erased> {
  const { store } = services;
  const { standing } = await erasureOf(object, services);
  if (standing.length > 0 && !order.accountsStay)
    throw new RollcallError(
      'conflict',
      `accounts are still there: ${standing.map((one) => `${one.connection} ${one.account ?? ''}`).join(', ')}`,
      {
        remedy: 'end them first, or say that they stay: nobody will end them afterwards',
      },
    );
  const rows = await store.sync.linked([object.id]);
  const referrers = await referrersOf(object, services);
  const done = await store.people.erase({
    object: object.id,
    revision: object.revision,
    staged: await Promise.all(
      rows.map(async (row) => ({ id: row.id, revision: row.revision, identity: await ownIdentity(row, services) })),
    ),
    blobs: await bytesOf([object.attributes, ...rows.flatMap(({ seen, sent }) => [seen, sent])], services),
    at: services.wall(),
    audit: [
      auditEvent({
        at: services.wall(),
        action: 'person.erase',
        actor: order.actor,
        subject: { objectId: object.id },
        after: { reason: order.reason },
      }),
    ],
  });
  // What was made of her values for others is made again.
  if (referrers.length > 0) await (await edited(referrers, order.by, services)).settled;
  await catchUpSearch(services);
  await store.people.scrub();
  return done;
}

/** A value that others have, too, says of nobody who it is. */
async function ownIdentity(row: StagedRow, { store, config }: Services): Promise<readonly IdentityValue[]> {
  const identity = config.connections.find(({ name }) => name === row.connection)?.definition.identity;
  const seen = row.seen === null ? {} : parseImage(row.seen);
  const out: IdentityValue[] = [];
  for (const value of identityValues(identity, row.kind, (attribute) => seen[attribute])) {
    const holders = await store.pushed.byKeys(row.connection, row.kind, value.attribute, [value.norm]);
    if (holders.every(({ id }) => id === row.id)) out.push(value);
  }
  return out;
}

async function referrersOf(object: ObjectRow, services: Services): Promise<readonly ObjectId[]> {
  const out = new Set<ObjectId>();
  for (const { kind, attributes } of services.config.kinds.values())
    for (const { name: attribute, type, multi } of attributes.values()) {
      if (type !== 'reference' || multi) continue;
      for (let after = 0; ; ) {
        const page = await referring(object, { kind, attribute, after, limit: MOST_REFERRING }, services);
        for (const { id } of page) out.add(id);
        if (page.length < MOST_REFERRING) break;
        after = page.at(-1)!.id;
      }
    }
  return [...out];
}

/** Of photos: the originals, and what was made of them; not what somebody else has, too. */
async function bytesOf(images: readonly (string | null)[], { store }: Pick<Services, 'store'>): Promise<readonly string[]> {
  const own = new Set<string>();
  for (const image of images)
    for (const value of Object.values(image === null ? {} : parseImage(image)))
      for (const one of scalars(value)) if (isBlob(one)) own.add(one.blob);
  const out: string[] = [];
  for (const hash of own) out.push(...(await store.people.bytesOf(hash)));
  return out;
}

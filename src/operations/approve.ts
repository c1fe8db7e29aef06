/** Approves or discards what waits at a connection: its first plan, or the changes a tripped gate holds. `waiting` shows it first. */
import { z } from 'zod';
import { parseImage } from '#core/canonical';
import { formatInstant } from '#core/time';
import type { Attributes } from '#core/values';
import { approve as approveNow, type Decision, discard as discardNow, namesOf, pending, type Waiting } from '#decisions/approve';
import { sizeOf } from '#decisions/change';
import { acceptRead } from '#decisions/reads';
import { labelsOf, withLabels } from '#people/label';
import { undiscarded } from '#runs/reasons';
import { type Operation, versioned } from './operation.ts';
import { instant, values } from './shapes.ts';

export interface WaitingInput {
  /** Connection, or id of a hold. */
  readonly target: string;
  readonly limit: number;
}
export interface WaitingChange {
  /** How `--only` names it. */
  readonly account: string;
  readonly person: number | null;
  readonly label: string;
  readonly operation: 'create' | 'update' | 'delete';
  readonly before: { readonly [attribute: string]: unknown } | null;
  readonly after: { readonly [attribute: string]: unknown } | null;
}
export interface WaitingOutput {
  readonly connection: string;
  readonly what: 'firstPlan' | 'gate';
  readonly digest: string;
  readonly total: number;
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly holds: readonly {
    readonly id: number;
    readonly part: string;
    readonly count: number;
    readonly limit: number;
    readonly since: string;
  }[];
  /** Groups whose memberships change; counted in `total`, one by one. The first `limit` of them. */
  readonly members: readonly {
    readonly account: string;
    readonly add: number;
    readonly remove: number;
  }[];
  /** Accounts whose link would end, and who decided so; the first `limit` of them. */
  readonly links: readonly { readonly account: string; readonly by: string; readonly reason: string }[];
  /** Changes of accounts, the first `limit` of them. */
  readonly changes: readonly WaitingChange[];
}

export const waiting: Operation<WaitingInput, WaitingOutput> = {
  name: 'waiting',
  permission: 'decisions.read',
  input: z.object({ target: z.string().min(1), limit: z.int().min(0).max(10_000).default(20) }),
  output: versioned<WaitingOutput>('waiting', {
    connection: z.string(),
    what: z.enum(['firstPlan', 'gate']),
    digest: z.string(),
    total: z.number(),
    create: z.number(),
    update: z.number(),
    delete: z.number(),
    holds: z.array(z.object({ id: z.number(), part: z.string(), count: z.number(), limit: z.number(), since: instant })),
    members: z.array(z.object({ account: z.string(), add: z.number(), remove: z.number() })),
    links: z.array(z.object({ account: z.string(), by: z.string(), reason: z.string() })),
    changes: z.array(
      z.object({
        account: z.string(),
        person: z.number().nullable(),
        label: z.string(),
        operation: z.enum(['create', 'update', 'delete']),
        before: values.nullable(),
        after: values.nullable(),
      }),
    ),
  }),
  async run({ target, limit }, session) {
    // Shown before it is decided, so the store is opened for writing at once: the decision follows in the same session.
    const services = await session.services('write');
    const found = await pending(target, services);
    const shown = found.rows.slice(0, limit);
    const labels = await labelsOf(
      shown.flatMap((row) => (row.objectId === null ? [] : [row.objectId])),
      services.store,
    );
    const { kinds } = services.config;
    const images = shown.map(imagesOf);
    const before = await withLabels(
      images.map((one) => one.before),
      kinds,
      services.store,
    );
    const after = await withLabels(
      images.map((one) => one.after),
      kinds,
      services.store,
    );
    return {
      connection: found.connection,
      what: found.what,
      digest: found.digest,
      total: sizeOf(found),
      ...found.counts,
      holds: found.holds.map(({ id, part, count, limit: most, since }) => ({
        id,
        part,
        count,
        limit: most,
        since: formatInstant(since),
      })),
      members: membersOf(found).slice(0, limit),
      links: found.links
        .slice(0, limit)
        .map(({ stagedId, by, reason }) => ({ account: linkedName(found, stagedId!), by, reason })),
      changes: shown.map((row, i) => ({ ...change(row, labels), before: before[i]!, after: after[i]! })),
    };
  },
};

function membersOf({ members, groups }: Waiting): WaitingOutput['members'] {
  return [...Map.groupBy(members, (edge) => edge.stagedId)].map(([id, edges]) => {
    const group = groups.get(id);
    const add = edges.filter((edge) => edge.state === 'add').length;
    return { account: (group && namesOf(group)[0]) ?? `#${id}`, add, remove: edges.length - add };
  });
}

function linkedName({ linked }: Waiting, id: number): string {
  const row = linked.get(id);
  return (row && namesOf(row)[0]) ?? `#${id}`;
}

function change(row: Waiting['rows'][number], labels: ReadonlyMap<number, string>): Omit<WaitingChange, 'before' | 'after'> {
  const account = namesOf(row)[0] ?? `#${row.id}`;
  const label = (row.objectId === null ? undefined : labels.get(row.objectId)) ?? account;
  return { account, person: row.objectId, label, operation: row.export!.operation };
}

function imagesOf(row: Waiting['rows'][number]): { before: Attributes | null; after: Attributes | null } {
  const { operation } = row.export!;
  const before = row.seen === null ? null : parseImage(row.seen);
  const after = undiscarded(row)?.wanted ?? null;
  return { before: operation === 'update' && before !== null && after !== null ? among(before, after) : before, after };
}

/** An update says only what it changes; the other attributes of the account stay and are not shown. */
function among<T extends object>(all: T, named: object): T {
  return Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(named, name))) as T;
}

export interface ApproveInput {
  readonly target: string;
  readonly by: string;
  readonly reason: string;
  /** Accounts chosen, as `waiting` names them; empty = all. */
  readonly only: readonly string[];
  /** Decide only if what waits still has this digest, or one that starts so (8 characters at least). */
  readonly digest?: string | undefined;
  /** Only of `approve`: the last read of the connection, or one of its attributes (`kind.attribute`), is right as it is. */
  readonly accept?: string | undefined;
}
export interface ApproveOutput {
  readonly connection: string;
  readonly what: Decision['what'] | 'read';
  readonly decided: number;
  readonly left: number;
  /** Of the changes decided; null for a read. */
  readonly digest: string | null;
}

const input: z.ZodType<ApproveInput> = z.object({
  target: z.string().min(1),
  by: z.string(),
  reason: z.string(),
  only: z.array(z.string().min(1)).default([]),
  digest: z.string().min(8).optional(),
  accept: z.string().min(1).optional(),
});

function operation(name: 'approve' | 'discard', act: typeof approveNow): Operation<ApproveInput, ApproveOutput> {
  return {
    name,
    permission: 'decisions.make',
    input,
    output: versioned<ApproveOutput>(name, {
      connection: z.string(),
      what: z.enum(['firstPlan', 'gate', 'read']),
      decided: z.number(),
      left: z.number(),
      digest: z.string().nullable(),
    }),
    async run({ target, by, reason, only, digest, accept }, session) {
      const services = await session.services('write');
      if (accept !== undefined && name === 'approve') {
        await acceptRead({ connection: target, accept }, { by, reason, at: services.wall() }, services);
        return { connection: target, what: 'read', decided: 1, left: 0, digest: null };
      }
      return act({ target, only, digest: digest ?? null }, { by, reason, at: services.wall() }, services);
    },
  };
}

export const approve: Operation<ApproveInput, ApproveOutput> = operation('approve', approveNow);
export const discard: Operation<ApproveInput, ApproveOutput> = operation('discard', discardNow);

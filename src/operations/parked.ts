/** What Rollcall would not guess: the list, with the choices for each, and deciding one. */
import { z } from 'zod';
import { formatInstant } from '#core/time';
import { meaningFor, parkedKinds } from '#decisions/choices';
import { type DecidedItem, decidedOf } from '#decisions/decided';
import { accountsHad, holdersOf, namedIn, standingFor } from '#decisions/has';
import { decide } from '#decisions/parked';
import { offeredFor } from '#decisions/possible';
import { unignored } from '#runs/ignored';
import { knownAs } from '#runs/known-as';
import { deciding } from './deciding.ts';
import { type Operation, versioned } from './operation.ts';
import { type OwedMember, owedMembers } from './owed.ts';
import { knownConnection } from './scope.ts';
import { instant } from './shapes.ts';
import { bared, sightOf } from './shown.ts';
import { type Unowned, unownedIn } from './unowned.ts';
import { type Asker, named, whoShape } from './who.ts';

export { meaningOf, parkedKinds } from '#decisions/choices';

export interface ParkedInput {
  readonly kind?: string | undefined;
  readonly connection?: string | undefined;
  readonly after: number;
  /** From the `nextOwed` of the page before. */
  readonly afterOwed?: string | undefined;
  readonly limit: number;
  readonly who: Asker;
}
export interface ParkedItem {
  readonly id: number;
  readonly kind: string;
  readonly connection: string | null;
  /** Anchor of the staged object, or its name where it has none. */
  readonly account: string | null;
  /** What its system calls it: a DN; null where it has no names. */
  readonly name: string | null;
  readonly person: number | null;
  readonly label: string | null;
  /** An account of the person, of the first connection that has one: `hr:E1042`. */
  readonly knownAs: string | null;
  readonly since: string;
  readonly run: number;
  readonly meaning: string;
  readonly cure: string;
  readonly choices: readonly {
    readonly name: string;
    readonly about: string;
    /** What must be named besides; and what may be. */
    readonly needs: string | null;
    readonly takes: string | null;
  }[];
  /** Choices of its kind that would do nothing here, and why: they are not among those above. */
  readonly impossible: readonly { readonly name: string; readonly why: string; readonly remedy: string }[];
  /** Of an account too many: the one there that the person has already. */
  readonly has: string | null;
  /** What somebody decided about it since it is parked; null = nothing yet. */
  readonly decided: {
    readonly decision: number;
    readonly kind: string;
    readonly by: string;
    readonly at: string;
    readonly reason: string;
    /** What carries it out; null = a run did, and the item is there all the same. */
    readonly waitsFor: 'run' | 'approval' | null;
  } | null;
  /** Id → name of the people that the detail names. */
  readonly names: { readonly [id: string]: string };
  /** As the engine noted it: candidates, attribute, message; `holders`: whose the account is that is in the way. */
  readonly detail: unknown;
}
export interface ParkedOutput {
  readonly counts: readonly { readonly kind: string; readonly connection: string | null; readonly count: number }[];
  readonly parked: readonly ParkedItem[];
  /** Left out of this page because somebody said so. */
  readonly ignored: number;
  readonly next: number | null;
  /** Members that wait for somebody, or for an account; with the first page, and where `afterOwed` asks for more of them. */
  readonly owed: readonly OwedMember[];
  readonly moreOwed: boolean;
  readonly nextOwed: string | null;
  /** Accounts that are nobody's in targets without an import rule, which are left alone; with the first page. */
  readonly unowned: readonly Unowned[];
}

export const parked: Operation<ParkedInput, ParkedOutput> = {
  name: 'parked',
  permission: 'decisions.read',
  input: z.object({
    kind: z.enum(parkedKinds()).optional(),
    connection: z.string().optional(),
    after: z.int().min(0).default(0),
    afterOwed: z.string().min(1).max(4_000).optional(),
    limit: z.int().min(1).max(1_000).default(20),
    who: whoShape.default(null),
  }),
  output: versioned<ParkedOutput>('parked', {
    counts: z.array(z.object({ kind: z.string(), connection: z.string().nullable(), count: z.number() })),
    parked: z.array(
      z.object({
        id: z.number(),
        kind: z.string(),
        connection: z.string().nullable(),
        account: z.string().nullable(),
        name: z.string().nullable(),
        person: z.number().nullable(),
        label: z.string().nullable(),
        knownAs: z.string().nullable(),
        since: instant,
        run: z.number(),
        meaning: z.string(),
        cure: z.string(),
        choices: z.array(
          z.object({ name: z.string(), about: z.string(), needs: z.string().nullable(), takes: z.string().nullable() }),
        ),
        impossible: z.array(z.object({ name: z.string(), why: z.string(), remedy: z.string() })),
        has: z.string().nullable(),
        decided: z
          .object({
            decision: z.number(),
            kind: z.string(),
            by: z.string(),
            at: instant,
            reason: z.string(),
            waitsFor: z.enum(['run', 'approval']).nullable(),
          })
          .nullable(),
        names: z.record(z.string(), z.string()),
        detail: z.unknown(),
      }),
    ),
    ignored: z.number(),
    next: z.number().nullable(),
    owed: z.array(
      z.object({
        connection: z.string(),
        group: z.string().nullable(),
        name: z.string().nullable(),
        attribute: z.string(),
        member: z.string(),
        since: instant,
      }),
    ),
    moreOwed: z.boolean(),
    nextOwed: z.string().nullable(),
    unowned: z.array(z.object({ connection: z.string(), kind: z.string(), count: z.number() })),
  }),
  async run({ kind, connection, after, afterOwed, limit, who }, session) {
    const services = await session.services('stored');
    const { store } = services;
    if (connection !== undefined) await knownConnection(connection, services);
    const filter = { ...(kind === undefined ? {} : { kind }), ...(connection === undefined ? {} : { connection }) };
    const page = await store.decisions.parked(filter, { after, limit });
    const rows = await unignored(page, store);
    const showsOwed = (after === 0 || afterOwed !== undefined) && (kind ?? 'debt') === 'debt';
    const sight = sightOf(who, services);
    const owed = showsOwed
      ? await owedMembers(store, connection, sight, { after: afterOwed ?? null, limit })
      : { owed: [], next: null };
    const standing = await standingFor(rows, store);
    const holders = new Map(rows.map((row) => [row.id, holdersOf(row, standing.get(row.id))]));
    const details = new Map(
      rows.map((row) => {
        const detail = JSON.parse(row.detail) as object;
        const of = holders.get(row.id)!;
        return [row.id, of.length === 0 ? detail : { ...detail, holders: of }];
      }),
    );
    const labels = await sight.labels(
      rows.flatMap((row) => [...(row.objectId === null ? [] : [row.objectId]), ...namedIn(details.get(row.id))]),
    );
    const accounts = await knownAs(
      rows.flatMap((row) => row.objectId ?? []),
      services.config.connections.map((one) => one.name),
      store,
    );
    const decided = await decidedOf(rows, store);
    const kinds = new Map(
      (await store.sync.objects(rows.flatMap((row) => (row.objectId === null ? [] : [row.objectId])))).map((one) => [
        one.id,
        one.kind,
      ]),
    );
    const had = await accountsHad(rows, details, store);
    const staged = new Map(
      (await store.spaces.byIds(rows.flatMap((row) => (row.stagedId === null ? [] : [row.stagedId])))).map((row) => [
        row.id,
        row,
      ]),
    );
    return {
      counts: await store.decisions.parkedCounts(),
      parked: rows.map((row) => {
        const of = holders.get(row.id)!;
        const { meaning, cure } = meaningFor(row.kind, of, 'unsent' in (details.get(row.id) as object));
        const { choices, impossible } = offeredFor(row, kinds.get(row.objectId ?? -1) ?? null, services.config, of);
        const account = row.stagedId === null ? undefined : staged.get(row.stagedId);
        return {
          id: row.id,
          kind: row.kind,
          connection: row.connection ?? account?.connection ?? null,
          account: account?.anchor ?? account?.name ?? null,
          name: account?.name ?? null,
          person: row.objectId ?? account?.objectId ?? null,
          label: row.objectId === null ? null : (labels.get(row.objectId) ?? null),
          knownAs: row.objectId === null ? null : (accounts.get(row.objectId) ?? null),
          since: formatInstant(row.since),
          run: row.run,
          meaning,
          cure,
          choices: choices.map(({ name, about, needs = null, takes = null }) => ({ name, about, needs, takes })),
          impossible,
          has: had.get(row.id) ?? null,
          decided: decidedItem(decided.get(row.id)),
          names: Object.fromEntries(namedIn(details.get(row.id)).map((id) => [id, labels.get(id) ?? `#${id}`])),
          detail: bared(details.get(row.id), sight.any(row.connection)),
        };
      }),
      ignored: page.length - rows.length,
      next: page.length === limit ? page.at(-1)!.id : null,
      owed: owed.owed,
      moreOwed: owed.next !== null,
      nextOwed: owed.next,
      unowned: after === 0 && kind === undefined ? await unownedIn(services.config, store, connection) : [],
    };
  },
};

function decidedItem(of: DecidedItem | undefined): ParkedItem['decided'] {
  if (of === undefined) return null;
  const { id, kind, by, at, reason } = of.decision;
  return { decision: id, kind, by, at: formatInstant(at), reason, waitsFor: of.waitsFor };
}

export interface DecideInput {
  readonly id: number;
  readonly choice: string;
  readonly person?: string | undefined;
  readonly value?: string | undefined;
  readonly by: string;
  readonly reason: string;
  readonly who: Asker;
}
export interface DecideOutput {
  readonly id: number;
  readonly kind: string;
  readonly connection: string | null;
  readonly choice: string;
  readonly decision: number;
  /** The value that it fixed, null where whoever decided does not see it; null for a choice that fixes none. */
  readonly fixed: { readonly attribute: string; readonly value: unknown } | null;
}

export const parkedDecide: Operation<DecideInput, DecideOutput> = {
  name: 'parked decide',
  permission: 'decisions.make',
  input: z.object({
    id: z.int().min(1),
    choice: z.string().min(1),
    person: z.string().min(1).optional(),
    value: z.string().optional(),
    by: z.string(),
    reason: z.string(),
    who: whoShape.default(null),
  }),
  output: versioned<DecideOutput>('parked decide', {
    id: z.number(),
    kind: z.string(),
    connection: z.string().nullable(),
    choice: z.string(),
    decision: z.number(),
    fixed: z.object({ attribute: z.string(), value: z.unknown() }).nullable(),
  }),
  async run({ id, choice, person, value, by, reason, who }, session) {
    const services = await deciding(session, who);
    const meant = person === undefined ? null : (await named(person, who, services)).id;
    const done = await decide({ id, choice, person: meant, value }, { by, reason, at: services.wall() }, services);
    const { kind, connection } = done.item;
    const isHidden = sightOf(who, services).any(null);
    const fixed = done.fixed && {
      attribute: done.fixed.attribute,
      value: isHidden(done.fixed.attribute) ? null : done.fixed.value,
    };
    return { id, kind, connection, choice: done.choice.name, decision: done.decision, fixed };
  },
};

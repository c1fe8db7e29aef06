/** What people decided: the list, with who, when and why, and taking one back. */
import { z } from 'zod';
import { formatInstant } from '#core/time';
import { type DecisionRow, mayBeRevoked, revoke as revokeNow } from '#decisions/revoke';
import { knownAs } from '#runs/known-as';
import type { Services } from '#runs/model';
import { deciding } from './deciding.ts';
import { type Operation, versioned } from './operation.ts';
import { knownConnection } from './scope.ts';
import { instant } from './shapes.ts';
import { bared, type Sight, sightOf } from './shown.ts';
import { type Asker, named, whoShape } from './who.ts';

export interface DecisionsInput {
  readonly person?: string | undefined;
  readonly connection?: string | undefined;
  /** Those taken back or replaced, too. */
  readonly all: boolean;
  readonly after: number;
  readonly limit: number;
  readonly who: Asker;
}
export interface DecisionItem {
  readonly id: number;
  readonly kind: DecisionRow['kind'];
  readonly connection: string | null;
  /** Anchor of the staged object, or its name where it has none. */
  readonly account: string | null;
  /** What its system calls it: a DN; null where it has no names. */
  readonly name: string | null;
  readonly person: number | null;
  readonly label: string | null;
  /** An account of the person, of the first connection that has one: `hr:E1042`. */
  readonly knownAs: string | null;
  /** As it was noted: attribute and value, digest and number of changes. */
  readonly detail: unknown;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  /** When it was taken back, or replaced by a later one. */
  readonly revokedAt: string | null;
  readonly revocable: boolean;
}
export interface DecisionsOutput {
  readonly decisions: readonly DecisionItem[];
  readonly next: number | null;
}

export const decisions: Operation<DecisionsInput, DecisionsOutput> = {
  name: 'decisions',
  permission: 'decisions.read',
  input: z.object({
    person: z.string().min(1).optional(),
    connection: z.string().optional(),
    all: z.boolean().default(false),
    after: z.int().min(0).default(0),
    limit: z.int().min(1).max(1_000).default(50),
    who: whoShape.default(null),
  }),
  output: versioned<DecisionsOutput>('decisions', {
    decisions: z.array(
      z.object({
        id: z.number(),
        kind: z.string(),
        connection: z.string().nullable(),
        account: z.string().nullable(),
        name: z.string().nullable(),
        person: z.number().nullable(),
        label: z.string().nullable(),
        knownAs: z.string().nullable(),
        detail: z.unknown(),
        by: z.string(),
        at: instant,
        reason: z.string(),
        revokedAt: instant.nullable(),
        revocable: z.boolean(),
      }),
    ),
    next: z.number().nullable(),
  }),
  async run({ person, connection, all, after, limit, who }, session) {
    const services = await session.services('stored');
    if (connection !== undefined) await knownConnection(connection, services);
    const filter = {
      active: !all,
      ...(person === undefined ? {} : { objectIds: [(await named(person, who, services)).id] }),
      ...(connection === undefined ? {} : { connection }),
    };
    const page = await services.store.decisions.list(filter, { after, limit });
    return {
      decisions: await described(page, services, sightOf(who, services)),
      next: page.length === limit ? page.at(-1)!.id : null,
    };
  },
};

type Described = Pick<Services, 'store' | 'config'>;

async function described(page: readonly DecisionRow[], { store, config }: Described, sight: Sight): Promise<DecisionItem[]> {
  const given = (ids: readonly (number | null)[]): number[] => [...new Set(ids.filter((id) => id !== null))];
  const staged = new Map((await store.spaces.byIds(given(page.map((one) => one.stagedId)))).map((row) => [row.id, row]));
  const people = given(page.map((one) => one.objectId));
  const labels = await sight.labels(people);
  const connections = config.connections.map((one) => one.name);
  const accounts = await knownAs(people, connections, store);
  return page.map((one) => {
    const account = one.stagedId === null ? undefined : staged.get(one.stagedId);
    return {
      id: one.id,
      kind: one.kind,
      connection: one.connection ?? account?.connection ?? null,
      account: account?.anchor ?? account?.name ?? null,
      name: account?.name ?? null,
      person: one.objectId,
      label: one.objectId === null ? null : (labels.get(one.objectId) ?? null),
      knownAs: one.objectId === null ? null : (accounts.get(one.objectId) ?? null),
      detail: bared(shortened(one), sight.any(one.connection)),
      by: one.by,
      at: formatInstant(one.at),
      reason: one.reason,
      revokedAt: one.revokedAt === null ? null : formatInstant(one.revokedAt),
      revocable: mayBeRevoked(one),
    };
  });
}

/** Without the list of what was discarded, which may be long. */
function shortened({ kind, detail }: DecisionRow): unknown {
  const { rows: _rows, members: _members, ...rest } = JSON.parse(detail) as { readonly [name: string]: unknown };
  return kind === 'discard' ? rest : JSON.parse(detail);
}

export interface RevokeInput {
  readonly id: number;
  readonly by: string;
  readonly reason: string;
}
export interface RevokeOutput {
  readonly id: number;
  readonly kind: string;
  readonly connection: string | null;
}

export const decisionsRevoke: Operation<RevokeInput, RevokeOutput> = {
  name: 'decisions revoke',
  permission: 'decisions.make',
  input: z.object({ id: z.int().min(1), by: z.string(), reason: z.string() }),
  output: versioned<RevokeOutput>('decisions revoke', {
    id: z.number(),
    kind: z.string(),
    connection: z.string().nullable(),
  }),
  async run({ id, by, reason }, session) {
    const services = await deciding(session, null);
    const { kind, connection } = await revokeNow(id, { by, reason, at: services.wall() }, services);
    return { id, kind, connection };
  },
};

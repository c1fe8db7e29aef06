/** The audit log, newest first: what was done, by whom, from where, with what was there before and after. */
import { z } from 'zod';
import { formatInstant } from '#core/time';
import { type AuditRow, aboutOf, noted } from './audit-seen.ts';
import { type Operation, type SessionServices, versioned } from './operation.ts';
import { instantOf, knownConnection } from './scope.ts';
import { instant } from './shapes.ts';
import { bared, type Sight, sightOf } from './shown.ts';
import { type Asker, named, whoShape } from './who.ts';

type Filter = Parameters<SessionServices['store']['audit']['list']>[0];

export interface AuditInput {
  /** `decision.link`, or `decision` for all of them. */
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly person?: string | undefined;
  readonly connection?: string | undefined;
  readonly run?: number | undefined;
  readonly token?: string | undefined;
  readonly source?: string | undefined;
  readonly outcome?: 'done' | 'refused' | 'failed' | undefined;
  /** A date, or an instant. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Only older ones. */
  readonly before?: number | undefined;
  readonly limit: number;
  readonly who: Asker;
}
export interface AuditItem {
  readonly seq: number;
  readonly at: string;
  readonly action: string;
  readonly by: string;
  readonly as: 'person' | 'token' | 'system';
  readonly token: string | null;
  readonly source: string | null;
  readonly connection: string | null;
  readonly account: string | null;
  readonly person: number | null;
  readonly label: string | null;
  readonly run: number | null;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly before: unknown;
  readonly after: unknown;
  /** It had values, and they were erased. */
  readonly erased: boolean;
}
export interface AuditOutput {
  readonly events: readonly AuditItem[];
  /** `before` of the next page; null = that was all. */
  readonly next: number | null;
}

const OUTCOMES = ['done', 'refused', 'failed'] as const;

export const audit: Operation<AuditInput, AuditOutput> = {
  name: 'audit',
  permission: 'audit.read',
  input: z.object({
    action: z.string().min(1).optional(),
    actor: z.string().min(1).optional(),
    person: z.string().min(1).optional(),
    connection: z.string().min(1).optional(),
    run: z.int().min(1).optional(),
    token: z.string().min(1).optional(),
    source: z.string().min(1).optional(),
    outcome: z.enum(OUTCOMES).optional(),
    since: z.string().optional(),
    until: z.string().optional(),
    before: z.int().min(1).optional(),
    limit: z.int().min(1).max(1_000).default(50),
    who: whoShape.default(null),
  }),
  output: versioned<AuditOutput>('audit', {
    events: z.array(
      z.object({
        seq: z.number(),
        at: instant,
        action: z.string(),
        by: z.string(),
        as: z.enum(['person', 'token', 'system']),
        token: z.string().nullable(),
        source: z.string().nullable(),
        connection: z.string().nullable(),
        account: z.string().nullable(),
        person: z.number().nullable(),
        label: z.string().nullable(),
        run: z.number().nullable(),
        outcome: z.enum(OUTCOMES),
        before: z.unknown(),
        after: z.unknown(),
        erased: z.boolean(),
      }),
    ),
    next: z.number().nullable(),
  }),
  async run(input, session) {
    const services = await session.services('stored');
    const { limit, before = Number.MAX_SAFE_INTEGER } = input;
    const { events, next } = await services.store.audit.list(await filterOf(input, services), { before, limit });
    return { events: await described(events, services, sightOf(input.who, services)), next };
  },
};

async function filterOf(input: AuditInput, services: SessionServices): Promise<Filter> {
  const { action, actor, token, source, outcome, connection, run, person, since, until } = input;
  return {
    ...(action === undefined ? {} : { action }),
    ...(actor === undefined ? {} : { actor }),
    ...(token === undefined ? {} : { token }),
    ...(source === undefined ? {} : { source }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(connection === undefined ? {} : { connection: await knownConnection(connection, services) }),
    ...(run === undefined ? {} : { runId: run }),
    ...(person === undefined ? {} : await subjectsOf(person, input.who, services)),
    ...(since === undefined ? {} : { since: instantOf(since, services) }),
    ...(until === undefined ? {} : { until: instantOf(until, services) }),
  };
}

/** A person, and the accounts that are linked to it now. */
export async function subjectsOf(
  person: string,
  who: Asker,
  services: SessionServices,
): Promise<{ readonly objectIds: readonly number[]; readonly stagedIds: readonly number[] }> {
  const { id } = await named(person, who, services);
  const linked = await services.store.sync.linked([id]);
  return { objectIds: [id], stagedIds: linked.map((row) => row.id) };
}

async function described(page: readonly AuditRow[], { store }: SessionServices, sight: Sight): Promise<AuditItem[]> {
  const about = await aboutOf(page, store, sight);
  const labels = await sight.labels(page.flatMap((row) => about.person(row) ?? []));
  return page.map((row) => {
    const { seq, at, action, actor, subject, outcome, digest, values } = row;
    const account = about.account(row);
    const person = about.person(row) ?? null;
    return {
      seq,
      at: formatInstant(at),
      action,
      by: actor.name,
      as: actor.kind,
      token: actor.token,
      source: actor.source,
      connection: subject.connection ?? account?.connection ?? null,
      account: account?.anchor ?? account?.name ?? null,
      person,
      label: person === null ? null : (labels.get(person) ?? null),
      run: subject.runId ?? null,
      outcome,
      before: bared(noted(values?.before), about.hides(row)),
      after: bared(noted(values?.after), about.hides(row)),
      erased: digest !== null && values === null,
    };
  });
}

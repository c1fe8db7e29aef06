/** What happened to one person, newest first. */
import { z } from 'zod';
import { formatInstant } from '#core/time';
import { describe } from '#people/find';
import { historyOf } from '#people/history';
import { withLabels } from '#people/label';
import { type Operation, versioned } from './operation.ts';
import { instant, values } from './shapes.ts';
import { sightOf, without } from './shown.ts';
import { type Asker, isPersonOnly, isStranger, named, nobody, whoShape } from './who.ts';

export interface HistoryInput {
  readonly person: string;
  /** From the `next` of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
  readonly who: Asker;
}
export interface HistoryChange {
  readonly run: number;
  readonly at: string | null;
  readonly by: string | null;
  /** Null: the agreed person itself. */
  readonly connection: string | null;
  readonly anchor: string | null;
  /** What its system calls the account: a DN; null where it has no names. */
  readonly name: string | null;
  readonly operation: string;
  readonly before: { readonly [attribute: string]: unknown } | null;
  readonly after: { readonly [attribute: string]: unknown } | null;
}
export interface HistoryOutput {
  readonly id: number;
  readonly kind: string;
  readonly label: string;
  readonly createdRun: number;
  readonly changes: readonly HistoryChange[];
  /** `before` of the next page; null = that was all. */
  readonly next: number | null;
}

export const history: Operation<HistoryInput, HistoryOutput> = {
  name: 'history',
  permission: 'profile.read',
  input: z.object({
    person: z.string().min(1),
    before: z.int().min(1).optional(),
    limit: z.int().min(1).max(10_000).default(50),
    who: whoShape.default(null),
  }),
  output: versioned<HistoryOutput>('history', {
    id: z.number(),
    kind: z.string(),
    label: z.string(),
    createdRun: z.number(),
    changes: z.array(
      z.object({
        run: z.number(),
        at: instant.nullable(),
        by: z.string().nullable(),
        connection: z.string().nullable(),
        anchor: z.string().nullable(),
        name: z.string().nullable(),
        operation: z.string(),
        before: values.nullable(),
        after: values.nullable(),
      }),
    ),
    next: z.number().nullable(),
  }),
  async run({ person, before: earlier, limit, who }, session) {
    const services = await session.services('stored');
    const row = await named(person, who, services);
    if (isStranger(who, row.id)) throw nobody(person);
    const sight = sightOf(who, services);
    const { entries, next } = await historyOf(row, services.store, { before: earlier, limit, accounts: !isPersonOnly(who) });
    const changes = entries.map((one) => {
      const isHidden = one.connection === null ? sight.object(row) : sight.accounts(one.connection, row);
      return { ...one, before: without(one.before, isHidden), after: without(one.after, isHidden) };
    });
    const { id, kind, attributes } = describe(row);
    const { kinds } = services.config;
    const before = await withLabels(
      changes.map((one) => one.before),
      kinds,
      sight.labels,
    );
    const after = await withLabels(
      changes.map((one) => one.after),
      kinds,
      sight.labels,
    );
    return {
      id,
      kind,
      label: sight.label(row, attributes),
      createdRun: row.createdRun,
      changes: changes.map((one, i) => ({
        ...one,
        at: one.at === null ? null : formatInstant(one.at),
        before: before[i]!,
        after: after[i]!,
      })),
      next,
    };
  },
};

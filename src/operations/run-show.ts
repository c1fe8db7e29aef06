/** One run: its counts, its changes with before and after, its errors. */
import { z } from 'zod';
import type { Fault } from '#core/errors';
import { RollcallError } from '#core/errors';
import { accountName } from '#core/label';
import { image } from '#people/history';
import { type Values, withLabels } from '#people/label';
import { type Operation, type SessionServices, versioned } from './operation.ts';
import { type RunSummary, runSummary, runSummaryShape } from './runs.ts';
import { fault, values } from './shapes.ts';
import { sightOf, without } from './shown.ts';
import { type Asker, whoShape } from './who.ts';

export interface RunShowInput {
  readonly run: number;
  /** Changes after this one; 0 = from the first. */
  readonly after: number;
  /** Errors after this one; 0 = from the first. */
  readonly afterError: number;
  readonly limit: number;
  readonly who: Asker;
}
export interface ChangeOutput {
  readonly id: number;
  readonly subject: 'object' | 'staged';
  readonly operation: string;
  /** A create may name several objects at once: `from` to `to`. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly connection: string | null;
  readonly before: { readonly [attribute: string]: unknown } | null;
  readonly after: { readonly [attribute: string]: unknown } | null;
}
export interface RunShowOutput extends RunSummary {
  readonly changes: readonly ChangeOutput[];
  /** `after` of the next page; null = that was all. */
  readonly nextChange: number | null;
  readonly errors: readonly Fault[];
  readonly moreErrors: boolean;
  /** `afterError` of the next page; null = that was all. */
  readonly nextError: number | null;
}

export const runShow: Operation<RunShowInput, RunShowOutput> = {
  name: 'run show',
  permission: 'runs.read',
  input: z.object({
    run: z.int().min(1),
    after: z.int().min(0).default(0),
    afterError: z.int().min(0).default(0),
    limit: z.int().min(1).max(10_000).default(50),
    who: whoShape.default(null),
  }),
  output: versioned<RunShowOutput>('run show', {
    ...runSummaryShape,
    changes: z.array(
      z.object({
        id: z.number(),
        subject: z.enum(['object', 'staged']),
        operation: z.string(),
        from: z.number(),
        to: z.number(),
        label: z.string(),
        connection: z.string().nullable(),
        before: values.nullable(),
        after: values.nullable(),
      }),
    ),
    nextChange: z.number().nullable(),
    errors: z.array(fault),
    moreErrors: z.boolean(),
    nextError: z.number().nullable(),
  }),
  async run({ run, after, afterError, limit, who }, session) {
    const services = await session.services('stored');
    const { store, config } = services;
    const sight = sightOf(who, services);
    const row = await store.runs.get(run);
    if (row === null) {
      throw new RollcallError('notFound', `There is no run ${run}.`, { remedy: "'rollcall runs' lists the runs that are kept." });
    }
    const rows = await store.runs.changes({ run }, { after, limit });
    const errors = await store.runs.errors(run, { after: afterError, limit: limit + 1 });
    const single = rows.filter((one) => one.from === one.to);
    const of = (subject: 'object' | 'staged'): number[] => single.filter((one) => one.subject === subject).map((one) => one.from);
    const objects = await sight.labels(of('object'));
    const staged = new Map((await store.spaces.byIds([...new Set(of('staged'))])).map((one) => [one.id, one]));
    const kinds = new Map((await store.sync.objects([...new Set(of('object'))])).map(({ id, kind }) => [id, kind]));
    const seen = (one: Row, values: Values): Values => {
      if (values === null || sight.whole) return values;
      const account = one.subject === 'staged' ? staged.get(one.from) : undefined;
      const kind = one.subject === 'object' ? kinds.get(one.from) : undefined;
      // Of what is not there any more nobody knows what kind it was.
      if (account !== undefined) return without(values, sight.account({ ...account, object: account.objectId }));
      return without(values, kind === undefined ? sight.everywhere : sight.object({ id: one.from, kind }));
    };
    const before = await withLabels(
      rows.map((one) => seen(one, image(one.before))),
      config.kinds,
      sight.labels,
    );
    const next = await withLabels(
      rows.map((one) => seen(one, image(one.after))),
      config.kinds,
      sight.labels,
    );
    return {
      ...runSummary(row),
      changes: rows.map((one, i) => {
        const account = one.subject === 'staged' ? staged.get(one.from) : undefined;
        const several = one.from === one.to ? '' : `#${one.from} to #${one.to}`;
        const label = one.subject === 'object' ? objects.get(one.from) : account && (accountName(account) ?? undefined);
        return {
          id: one.id,
          subject: one.subject,
          operation: one.operation,
          from: one.from,
          to: one.to,
          label: several === '' ? (label ?? `#${one.from}`) : several,
          connection: account?.connection ?? null,
          before: before[i]!,
          after: next[i]!,
        };
      }),
      nextChange: rows.length === limit ? rows.at(-1)!.id : null,
      errors: errors.slice(0, limit).map((one) => one.fault),
      moreErrors: errors.length > limit,
      nextError: errors.length > limit ? errors[limit - 1]!.id : null,
    };
  },
};

type Row = Awaited<ReturnType<SessionServices['store']['runs']['changes']>>[number];

/** Finds people and groups by words of their names, logins, mails and numbers. */
import { z } from 'zod';
import { UnknownName } from '#core/unknown-name';
import type { Value } from '#core/values';
import { search } from '#people/find';
import { type Operation, versioned } from './operation.ts';

export interface PeopleInput {
  /** Empty lists everybody by id. */
  readonly text: string;
  readonly kind?: string | undefined;
  /** From the `next` of the page before; left out for the first one. */
  readonly after?: number | undefined;
  readonly limit: number;
  /** Whoever the search index does not know yet is looked at, however long it takes; otherwise a thousand of them are. */
  readonly complete: boolean;
}
export interface PersonRow {
  readonly id: number;
  readonly kind: string;
  readonly label: string;
  readonly state: string;
  readonly login: string | null;
  readonly mail: string | null;
  readonly department: string | null;
}
export interface PeopleOutput {
  readonly people: readonly PersonRow[];
  /** `after` of the next page; null = that was all. */
  readonly next: number | null;
  /** While the search index is made: whom it does not know yet, and who were not looked at. */
  readonly unindexed: number;
}
/** Looked at one by one in a few milliseconds. */
const BESIDE = 1_000;

export const people: Operation<PeopleInput, PeopleOutput> = {
  name: 'people',
  permission: 'people.read',
  input: z.object({
    text: z.string().max(1_000).default(''),
    kind: z.string().optional(),
    after: z.int().min(0).optional(),
    limit: z.int().min(1).max(1_000).default(50),
    complete: z.boolean().default(false),
  }),
  output: versioned<PeopleOutput>('people', {
    people: z.array(
      z.object({
        id: z.number(),
        kind: z.string(),
        label: z.string(),
        state: z.string(),
        login: z.string().nullable(),
        mail: z.string().nullable(),
        department: z.string().nullable(),
      }),
    ),
    next: z.number().nullable(),
    unindexed: z.number(),
  }),
  async run({ text, kind, after, limit, complete }, session) {
    const { store, config } = await session.services('stored');
    if (kind !== undefined && !config.kinds.has(kind)) {
      const kinds = [...new Set([...config.kinds.keys(), ...Object.keys(await store.people.counts())])];
      if (!kinds.includes(kind)) throw new UnknownName(`There is no kind '${kind}' in ${config.file}.`, kind, kinds);
    }
    const beside = complete ? Number.MAX_SAFE_INTEGER : BESIDE;
    const { found, next, unindexed } = await search(store, {
      text,
      after,
      limit,
      beside,
      ...(kind === undefined ? {} : { kind }),
    });
    return {
      people: found.map((one) => ({
        id: one.id,
        kind: one.kind,
        label: one.label,
        state: one.state,
        login: single(one.attributes['login']),
        mail: single(one.attributes['mail']),
        department: single(one.attributes['department']),
      })),
      next,
      unindexed,
    };
  },
};

function single(value: Value | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

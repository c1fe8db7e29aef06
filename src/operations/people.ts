/** Finds people and groups by words of their names, logins, mails and numbers. */
import { z } from 'zod';
import { UnknownName } from '#core/unknown-name';
import type { Value } from '#core/values';
import { type Found, search } from '#people/find';
import { type Operation, versioned } from './operation.ts';
import { type Sight, sightOf, without } from './shown.ts';
import { type Asker, whoShape } from './who.ts';

export interface PeopleInput {
  /** Empty lists everybody by id. */
  readonly text: string;
  readonly kind?: string | undefined;
  /** From the `next` of the page before; left out for the first one. */
  readonly after?: number | undefined;
  readonly limit: number;
  /** Whoever the search index does not know yet is looked at, however long it takes; otherwise a thousand of them are. */
  readonly complete: boolean;
  readonly who: Asker;
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
    who: whoShape.default(null),
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
  async run({ text, kind, after, limit, complete, who }, session) {
    const services = await session.services('stored');
    const { store, config } = services;
    const sight = sightOf(who, services);
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
      ...(sight.whole ? {} : { sees: (one: Found) => sight.finds(text, one) }),
      ...(kind === undefined ? {} : { kind }),
    });
    return { people: found.map((one) => personRow(one, sight)), next, unindexed };
  },
};

function personRow(one: Found, sight: Sight): PersonRow {
  const seen = without(one.attributes, sight.object(one));
  const { id, kind, state } = one;
  const said = { login: single(seen['login']), mail: single(seen['mail']), department: single(seen['department']) };
  return { id, kind, label: sight.label(one, seen), state, ...said };
}

function single(value: Value | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

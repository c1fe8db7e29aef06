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
  readonly after: number;
  readonly limit: number;
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
}

export const people: Operation<PeopleInput, PeopleOutput> = {
  name: 'people',
  permission: 'people.read',
  input: z.object({
    text: z.string().max(1_000).default(''),
    kind: z.string().optional(),
    after: z.int().min(0).default(0),
    limit: z.int().min(1).max(1_000).default(50),
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
  }),
  async run({ text, kind, after, limit }, session) {
    const { store, config } = await session.services('stored');
    if (kind !== undefined && !config.kinds.has(kind)) {
      const kinds = [...new Set([...config.kinds.keys(), ...Object.keys(await store.people.counts())])];
      if (!kinds.includes(kind)) throw new UnknownName(`There is no kind '${kind}' in ${config.file}.`, kind, kinds);
    }
    const found = await search(store, { text, after, limit, ...(kind === undefined ? {} : { kind }) });
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
      next: found.length === limit ? found.at(-1)!.id : null,
    };
  },
};

function single(value: Value | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** Says whose an object of a system is: links it to a person, or takes it from one. */
import { z } from 'zod';
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { normalForm } from '#core/matching';
import { scalars, type Value } from '#core/values';
import { link as linkNow, unlink as unlinkNow } from '#decisions/links';
import type { Services } from '#runs/model';
import { deciding } from './deciding.ts';
import { type Operation, versioned } from './operation.ts';
import { sightOf } from './shown.ts';
import { type Asker, named, whoShape } from './who.ts';

export interface LinkInput {
  readonly connection: string;
  readonly anchor: string;
  readonly person: string;
  readonly by: string;
  readonly reason: string;
  readonly who: Asker;
}
export type UnlinkInput = Omit<LinkInput, 'person'>;
export interface LinkOutput {
  readonly connection: string;
  readonly anchor: string;
  readonly decision: number;
  /** To whom it belonged; null when to nobody. */
  readonly before: number | null;
  /** To whom it belongs from the next run on; null when rules decide. */
  readonly person: number | null;
  /** Name of the person it belongs to from then on, or belonged to. */
  readonly label: string | null;
  /** The gate `unlink` holds it until somebody approves it. */
  readonly held: boolean;
  /** After an unlink: unique attributes of the person whose value is that of the account, and stays. */
  readonly keeps: readonly string[];
}

const from = {
  connection: z.string().min(1),
  anchor: z.string().min(1),
  by: z.string(),
  reason: z.string(),
  who: whoShape.default(null),
};
const shape: z.ZodRawShape = {
  connection: z.string(),
  anchor: z.string(),
  decision: z.number(),
  before: z.number().nullable(),
  person: z.number().nullable(),
  label: z.string().nullable(),
  held: z.boolean(),
  keeps: z.array(z.string()),
};

export const link: Operation<LinkInput, LinkOutput> = {
  name: 'link',
  permission: 'decisions.make',
  input: z.object({ ...from, person: z.string().min(1) }),
  output: versioned<LinkOutput>('link', shape),
  async run({ connection, anchor, person, by, reason, who }, session) {
    const services = await deciding(session, who);
    const object = await named(person, who, services);
    sameKind(connection, object.kind, services);
    const wanted = { connection, anchor, object: object.id };
    const { decision, before, held } = await linkNow(wanted, { by, reason, at: services.wall() }, services);
    const label = sightOf(who, services).label(object, parseImage(object.attributes));
    return { connection, anchor, decision, before, person: object.id, label, held, keeps: [] };
  },
};

export const unlink: Operation<UnlinkInput, LinkOutput> = {
  name: 'unlink',
  permission: 'decisions.make',
  input: z.object(from),
  output: versioned<LinkOutput>('unlink', shape),
  async run({ connection, anchor, by, reason, who }, session) {
    const services = await deciding(session, who);
    const decided = await unlinkNow({ connection, anchor }, { by, reason, at: services.wall() }, services);
    const { decision, before, held, staged } = decided;
    const label = before === null ? null : ((await sightOf(who, services).labels([before])).get(before) ?? null);
    const keeps = before === null ? [] : await sharedWith(staged, before, services);
    return { connection, anchor, decision, before, person: null, label, held, keeps };
  },
};

/** Unique values are made once and kept (SEMANTICS 12), also those that were taken over from this account. */
async function sharedWith(
  { connection, seen }: Awaited<ReturnType<typeof unlinkNow>>['staged'],
  person: number,
  { store, config }: Services,
): Promise<readonly string[]> {
  const [object] = await store.sync.objects([person]);
  const attributes = object === undefined ? undefined : config.kinds.get(object.kind)?.attributes;
  if (attributes === undefined || seen === null) return [];
  const [agreed, there] = [parseImage(object!.attributes), parseImage(seen)];
  const shared = [...attributes.values()].filter(({ name, matching, unique }) => {
    const norms = (value: Value | undefined): string[] => scalars(value ?? null).map((one) => normalForm(one, matching));
    const own = norms(agreed[name]);
    const places = (unique?.uniqueIn ?? []).filter((place) => place.connection === connection);
    return places.some((place) => norms(there[place.attribute]).some((norm) => own.includes(norm)));
  });
  return shared.map(({ name }) => name);
}

function sameKind(name: string, kind: string, { config }: Services): void {
  const connection = config.connections.find((one) => one.name === name);
  if (connection === undefined || connection.imports.has(kind) || connection.exports.has(kind)) return;
  throw new RollcallError('conflict', `${name} has no objects of kind ${kind}.`, {
    where: { connection: name },
    remedy: 'Name a person or a group of the kind that this system holds.',
  });
}

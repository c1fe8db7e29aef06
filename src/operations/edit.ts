/** Sets, empties and takes back values of one person: what is edited here has its place among the sources, and is exported at once. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { type Edited, edit as editNow, editsOf, make } from '#edits/edit';
import { explain } from '#people/explain';
import type { Services } from '#runs/model';
import { createdEvent, editedEvent } from './edit-noted.ts';
import { type Operation, versioned } from './operation.ts';
import { type Asker, named, whoShape } from './who.ts';

export interface EditInput {
  readonly person: string;
  /** Attribute → value, or list of values; null or an empty text says that there is none. References: whatever names a person. */
  readonly set: { readonly [attribute: string]: unknown };
  /** Attributes of which nothing is said here any more. */
  readonly takeBack: readonly string[];
  /** That of the profile that was edited: another one is refused. */
  readonly editVersion?: string | undefined;
  /** Of the person as they were shown: another one is refused. */
  readonly revision?: number | undefined;
  /** Whether it is answered when it is worked out, durably, or when what follows from it was sent, too. */
  readonly until: 'worked' | 'sent';
  readonly by: string;
  readonly reason?: string | undefined;
  readonly who: Asker;
}
export interface EditOutput {
  readonly person: number | null;
  /** Of what is edited here of the person, as it is now. */
  readonly editVersion: string;
  /** The run that worked it out; null where nothing was to be changed. */
  readonly run: number | null;
  readonly status: string | null;
  /** Set here, and outranked by what another connection says. */
  readonly outranked: readonly string[];
}
export type NewInput = Pick<EditInput, 'set' | 'by' | 'reason' | 'who'> & { readonly kind: string };

const set = z.record(z.string().max(255), z.unknown()).default({});
const reason = z.string().max(1_000).optional();
const output = {
  person: z.number().nullable(),
  editVersion: z.string(),
  run: z.number().nullable(),
  status: z.string().nullable(),
  outranked: z.array(z.string()),
};

export const edit: Operation<EditInput, EditOutput> = {
  name: 'edit',
  permission: 'profile.write',
  input: z.object({
    person: z.string().min(1),
    set,
    takeBack: z.array(z.string()).max(1_000).default([]),
    editVersion: z.string().optional(),
    revision: z.int().optional(),
    until: z.enum(['worked', 'sent']).default('sent'),
    by: z.string().min(1),
    reason,
    who: whoShape.default(null),
  }),
  output: versioned<EditOutput>('edit', output),
  async run({ person, set: given, takeBack, editVersion = null, revision, until, by, reason: why, who }, session) {
    const services = await session.services('write');
    const object = await named(person, who, services);
    const values = await withIds(object.kind, given, who, services);
    const noted = editedEvent(object, { set: values, takeBack, reason: why }, session.caller, services);
    const wanted = { set: values, takeBack, version: editVersion, revision, by: signed(by, why), noted };
    const done = await editNow(object, wanted, who, services);
    if (until === 'sent') return await answered(done, object.id, values, services);
    await done.pushed?.worked;
    return { ...told(done, object.id), status: null, outranked: [] };
  },
};

export const personNew: Operation<NewInput, EditOutput> = {
  name: 'person new',
  permission: 'decisions.make',
  input: z.object({ kind: z.string().default('person'), set, by: z.string().min(1), reason, who: whoShape.default(null) }),
  output: versioned<EditOutput>('person new', output),
  async run({ kind, set: given, by, reason: why, who }, session) {
    const services = await session.services('write');
    const values = await withIds(kind, given, who, services);
    const noted = createdEvent(kind, { set: values, reason: why }, session.caller, services);
    const done = await make(kind, { set: values, by: signed(by, why), noted }, who, services);
    await done.pushed?.settled;
    const [row] = await services.store.spaces.byAnchors(done.connection, done.kind, [done.anchor]);
    return await answered(done, row?.objectId ?? null, values, services);
  },
};

/** As it stands in the history. */
function signed(by: string, reason: string | undefined): string {
  return reason === undefined || reason.trim() === '' ? by : `${by} (${reason.trim()})`;
}

/** References by whatever names a person → their ids. */
async function withIds(kind: string, given: EditInput['set'], who: Asker, services: Services): Promise<EditInput['set']> {
  const attributes = services.config.kinds.get(kind)?.attributes;
  if (attributes === undefined) throw new RollcallError('notFound', `there is no kind '${kind}'`);
  const idOf = async (text: unknown): Promise<string> => String((await named(String(text), who, services)).id);
  const out: { [attribute: string]: unknown } = Object.create(null);
  for (const [name, value] of Object.entries(given)) {
    const empty = value === null || value === '';
    if (attributes.get(name)?.type !== 'reference' || empty) out[name] = value;
    else out[name] = Array.isArray(value) ? await Promise.all(value.map(idOf)) : await idOf(value);
  }
  return out;
}

function told({ version, pushed }: Edited, person: number | null): Omit<EditOutput, 'status' | 'outranked'> {
  return {
    person,
    editVersion: version,
    run: pushed?.run ?? null,
  };
}

async function answered(done: Edited, person: number | null, values: EditInput['set'], services: Services): Promise<EditOutput> {
  const report = await done.pushed?.settled;
  return {
    ...told(done, person),
    status: report?.status ?? null,
    outranked: person === null || report === undefined ? [] : await outrankedOf(person, Object.keys(values), services),
  };
}

/** Of these attributes those that another connection decides. */
async function outrankedOf(person: number, names: readonly string[], services: Services): Promise<readonly string[]> {
  const [object] = await services.store.sync.objects([person]);
  if (object === undefined) return [];
  const { attributes } = await explain(object, null, services);
  const name = editsOf(object.kind, services)?.connection.name;
  return attributes
    .filter((one) => names.includes(one.attribute))
    .filter((one) => one.contributions.some((said) => said.connection === name && said.verdict === 'outranked'))
    .map((one) => one.attribute);
}

/** What a run would do, with nothing done. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { dateIn, formatInstant, startOfDate } from '#core/time';
import { isOpen } from '#core/window';
import { modesOf } from '#runs/held-members';
import { plan as planNow } from '#runs/index';
import { expectedEnd, paceText } from '#runs/later';
import type { Plan, PlanLine, Services } from '#runs/model';
import { neverRead, type Told } from '#runs/never-read';
import { type Operation, versioned } from './operation.ts';
import { planLine } from './plan-line.ts';
import { connectionsOf, instantOf, personOf, profileOf } from './scope.ts';
import { type ReportOutput, reportOutput, reportShape } from './shapes.ts';
import { linesSeen, sightOf } from './shown.ts';
import { type Asker, whoShape } from './who.ts';

export interface PlanInput {
  readonly connections: readonly string[];
  /** A profile, or a sequence that the file names. */
  readonly profile: string;
  readonly person?: string | undefined;
  /** Read the systems first instead of planning from what was last read. */
  readonly read: boolean;
  /** A date or an instant: the plan as it would be then. */
  readonly asOf?: string | undefined;
  readonly by: string;
  readonly who: Asker;
}
export interface Unsettled {
  readonly connection: string;
  /** Refused by the target, or of a value that cannot be made. */
  readonly failed: number;
  /** Sent, and the answer never came. */
  readonly unknown: number;
  /** Sent, not read back yet. */
  readonly sent: number;
  /** Not taken by the target, and among the lines: a run before the next attempt sends nothing of them. */
  readonly later: number;
}
export interface Expected {
  readonly connection: string;
  /** That it would be sent. */
  readonly changes: number;
  /** `300 an hour`; null where it is given as much as there is. */
  readonly pace: string | null;
  /** When all of it will have gone; null where that is not foreseen. */
  readonly end: string | null;
  /** It may not be written to now (`window`, `blackout`): a run now keeps all but what is done to leavers at once. */
  readonly closed: boolean;
}
export interface PlanOutput {
  /** False: working it out failed or was stopped, and the lines are not all there is. */
  readonly complete: boolean;
  readonly changes: boolean;
  readonly hash: string;
  readonly now: string;
  /** For another day: owners are taken as read until then, showing what they showed last. */
  readonly asOf: boolean;
  /** Connection → when it was last read; null = never. */
  readonly basedOn: { readonly [connection: string]: string | null };
  /** Connections that are never read, and how what they know comes here. */
  readonly neverRead: { readonly [connection: string]: Told };
  /** Kind → attributes that refer to others: their values in the lines are ids. */
  readonly references: { readonly [kind: string]: readonly string[] };
  /** The canonical lines, in order, as `--out` writes them. */
  readonly lines: readonly PlanLine[];
  /** False: without what whoever asks does not see; such lines cannot be carried out by sending them back. */
  readonly whole: boolean;
  /** Id → why, of those whose accounts are disabled or deleted. */
  readonly endings: { readonly [id: string]: string };
  /** Id → name of those whom the lines refer to and who are in no line themselves. */
  readonly labels: { readonly [id: string]: string };
  /** What earlier runs sent and nobody knows the outcome of, per target that has such changes. */
  readonly unsettled: readonly Unsettled[];
  /** Of targets with a window or a pace, which are sent something. */
  readonly expected: readonly Expected[];
  /** Targets that were asked for, and nothing but targets; null = all. The lines are of all of them. */
  readonly chosen: readonly string[] | null;
  /** Of each target: `observe` decides and shows, `hold` decides and keeps, `on` sends. */
  readonly modes: { readonly [connection: string]: 'observe' | 'hold' | 'on' };
  /** Connections whose first plan, or held changes, can be approved before another run. */
  readonly decidable: readonly string[];
  readonly report: ReportOutput;
}

const planShape: z.ZodRawShape = {
  complete: z.boolean(),
  changes: z.boolean(),
  hash: z.string(),
  now: z.string(),
  asOf: z.boolean(),
  basedOn: z.record(z.string(), z.string().nullable()),
  neverRead: z.record(z.string(), z.enum(['pushed', 'edited', 'written'])),
  references: z.record(z.string(), z.array(z.string())),
  lines: z.array(planLine),
  whole: z.boolean(),
  endings: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
  unsettled: z.array(
    z.object({ connection: z.string(), failed: z.number(), unknown: z.number(), sent: z.number(), later: z.number() }),
  ),
  expected: z.array(
    z.object({
      connection: z.string(),
      changes: z.number(),
      pace: z.string().nullable(),
      end: z.string().nullable(),
      closed: z.boolean(),
    }),
  ),
  chosen: z.array(z.string()).nullable(),
  modes: z.record(z.string(), z.enum(['observe', 'hold', 'on'])),
  decidable: z.array(z.string()),
  report: z.object(reportShape),
};

async function planOutput(
  plan: Plan,
  { asOf, connections, who }: Pick<PlanInput, 'asOf' | 'connections' | 'who'>,
  { config, store, wall }: Services,
): Promise<PlanOutput> {
  const sight = sightOf(who, { config, store });
  const head = plan.lines.find((one) => one.what === 'plan');
  const references = Object.fromEntries([...config.kinds.values()].map((one) => [one.kind, referencesOf(one)]));
  return {
    complete: plan.report.status !== 'failed' && plan.report.status !== 'interrupted',
    changes: plan.lines.some((one) => one.what === 'object' || one.what === 'export'),
    hash: plan.hash,
    now: formatInstant(plan.now),
    asOf: asOf !== undefined,
    basedOn: head?.what === 'plan' ? head.basedOn : {},
    neverRead: Object.fromEntries(await neverRead(config)),
    references,
    lines: await linesSeen(plan.lines, sight),
    whole: sight.whole,
    endings: Object.fromEntries(plan.endings),
    labels: Object.fromEntries(await sight.labels(referredIn(plan.lines, references))),
    unsettled: await unsettledIn(config, store, wall()),
    expected: await expectedOf(plan.lines, { config, store, wall }),
    chosen: targetsAmong(connections, config),
    modes: Object.fromEntries(await modesOf(config.connections, store)),
    decidable: await decidableIn(config, store),
    report: reportOutput(plan.report),
  };
}

export const plan: Operation<PlanInput, PlanOutput> = {
  name: 'plan',
  permission: 'runs.read',
  input: z.object({
    connections: z.array(z.string().min(1)).default([]),
    profile: z.string().default('cycle'),
    person: z.string().min(1).optional(),
    read: z.boolean().default(false),
    asOf: z.string().optional(),
    by: z.string().min(1),
    who: whoShape.default(null),
  }),
  output: versioned<PlanOutput>('plan', planShape),
  async run(input, session) {
    const services = await session.services('readOrEmpty');
    const planned = await planNow(
      {
        profile: profileOf(input.profile, {}, services),
        connections: connectionsOf(input.connections, services),
        atOnce: input.connections.length > 0,
        by: input.by,
        read: input.read,
        ...(input.asOf === undefined ? {} : { asOf: dayToCome(input.asOf, services) }),
        ...(await personOf(input.person, input.who, services)),
      },
      services,
    );
    return planOutput(planned, input, services);
  },
};

/** Errors: invalidValue for no date, and for one before today: nobody plans what was. */
function dayToCome(text: string, services: Services): number {
  const at = instantOf(text, services);
  const { zone } = services.config;
  const now = services.wall();
  if (at >= startOfDate(dateIn(zone, now), zone)) return at;
  throw new RollcallError('invalidValue', `'${text}' is in the past; today is ${dateIn(zone, now)} (${zone}).`, {
    remedy: 'Name a day to come, or leave --as-of out to plan for now.',
  });
}

/** Ids that values refer to, without those that have a line, and so a name, themselves. */
function referredIn(lines: readonly PlanLine[], references: PlanOutput['references']): number[] {
  const ids = new Set<number>();
  const note = (value: unknown, isReference: boolean): void => {
    if (Array.isArray(value)) for (const one of value) note(one, isReference);
    else if (typeof value === 'number' && isReference) ids.add(value);
    else if (typeof value === 'object' && value !== null && 'object' in value) note(value.object, true);
  };
  for (const line of lines) {
    if (line.what !== 'object' && line.what !== 'export') continue;
    const names = line.what === 'object' ? (references[line.kind] ?? []) : [];
    for (const values of [line.before, line.after])
      for (const [name, value] of Object.entries(values ?? {})) note(value, names.includes(name));
  }
  for (const line of lines) if (line.what === 'object') ids.delete(line.object);
  return [...ids];
}

/** Who names a source wants to see what comes of it anywhere. */
function targetsAmong(names: readonly string[], { connections }: Services['config']): readonly string[] | null {
  const targets = connections.filter((one) => one.exports.size > 0).map((one) => one.name);
  return names.length > 0 && names.every((name) => targets.includes(name)) ? [...new Set(names)] : null;
}

async function unsettledIn(config: Services['config'], store: Services['store'], now: number): Promise<Unsettled[]> {
  const found: Unsettled[] = [];
  for (const { name, exports } of config.connections) {
    if (exports.size === 0) continue;
    const { failed = 0, unknown = 0, sent = 0, waiting = 0 } = await store.exports.counts(name);
    const later = waiting === 0 ? 0 : await laterIn(name, store, now);
    if (failed + unknown + sent + later > 0) found.push({ connection: name, failed, unknown, sent, later });
  }
  return found;
}

async function expectedOf(
  lines: readonly PlanLine[],
  { config, store, wall }: Pick<Services, 'config' | 'store' | 'wall'>,
): Promise<Expected[]> {
  const found: Expected[] = [];
  for (const connection of config.connections) {
    const { name, pace, openings } = connection;
    if (pace === null && openings === null) continue;
    const changes = lines.filter((line) => line.what === 'export' && line.connection === name && line.state === 'waiting').length;
    if (changes === 0) continue;
    const now = wall();
    const end = await expectedEnd(changes, connection, { store, zone: config.zone }, now);
    const closed = openings !== null && !isOpen(openings, now);
    const text = pace === null ? '' : paceText(pace);
    found.push({
      connection: name,
      changes,
      pace: text === '' ? null : text,
      end: end === null ? null : formatInstant(end),
      closed,
    });
  }
  return found;
}

const PAGE = 1_000;

async function laterIn(connection: string, { exports }: Services['store'], now: number): Promise<number> {
  let count = 0;
  for (let after = 0; ; ) {
    const page = await exports.list(connection, ['waiting'], { after, limit: PAGE });
    for (const row of page) if (row.export!.notBefore > now) count++;
    if (page.length < PAGE) return count;
    after = page.at(-1)!.id;
  }
}

async function decidableIn(config: Services['config'], store: Services['store']): Promise<string[]> {
  const held = new Set((await store.exports.holds(null)).map((one) => one.connection));
  const found: string[] = [];
  for (const { name, exports } of config.connections)
    if (held.has(name) || (exports.size > 0 && ((await store.exports.counts(name)).observed ?? 0) > 0)) found.push(name);
  return found;
}

type Rules = Services['config']['kinds'] extends ReadonlyMap<string, infer One> ? One : never;

function referencesOf({ attributes }: Rules): string[] {
  return [...attributes.values()].flatMap((one) => (one.type === 'reference' ? [one.name] : []));
}

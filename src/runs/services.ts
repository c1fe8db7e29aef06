/** The engine's context for one run: what it may reach, and where its counts, faults and notices go. */
import { isDeepStrictEqual } from 'node:util';
import { redact } from '#config/secrets/redact';
import type { Connection } from '#connectors/contract';
import { createDigester } from '#core/digest';
import type { Fault } from '#core/errors';
import { keepable } from '#core/text';
import {
  createCounters,
  createLines,
  type EngineConnection,
  type EngineContext,
  isTimeDoubted,
  type NoticeKind,
  type Turns,
} from '#engine/index';
import type { Epoch, RunId } from '#store/contract';
import { OWN_KINDS } from './back-off.ts';
import { deliveries } from './deliveries/deliveries.ts';
import { createErrorLog } from './error-log.ts';
import type { Notice, Services } from './model.ts';
import { tell } from './notices.ts';
import { pause } from './schedule/pause.ts';

export interface Session {
  readonly context: EngineContext;
  readonly notices: Notice[];
  readonly faults: Fault[];
  faultCount(): number;
  /** Tells whoever leaves connections alone how this run went there. */
  told(): void;
  /** When the errors told so far are in the store. */
  errorsStored(): Promise<void>;
  close(): Promise<void>;
}

/** Connections of which some stay open from run to run. */
export interface Opened {
  readonly connections: Map<string, Connection>;
  /** Told what a connection that stays open warns of: the run at hand. */
  warn: (connection: string, fault: Fault) => void;
  /** Closes them. `all`: those too that may stay open. */
  close(all: boolean): Promise<void>;
}

/** A file is opened for each run: others write to it meanwhile, and what a writer knew of it would be out of date. */
const isListenedTo = ({ read, file }: Connection): boolean => read?.watch !== undefined && file === undefined;

/** `stays`: which of them may stay open. */
export function createOpened(stays: (connection: Connection) => boolean = isListenedTo): Opened {
  const connections: Opened['connections'] = new Map();
  return {
    connections,
    warn: () => undefined,
    async close(all) {
      for (const [name, connection] of connections) {
        if (!all && stays(connection)) continue;
        connections.delete(name);
        await connection.close();
      }
    },
  };
}

const SHOWN = 100;
const BATCH = 1_000;
/** Of each text of a fault, in UTF-16 code units. */
const LONGEST = 1_000;

interface Begun {
  readonly id: RunId;
  readonly epoch: Epoch;
}

export async function openSession(
  services: Services,
  run: { begun: Promise<Begun>; now: number; believedNow: number; turns: Turns; whatIf: boolean; opened?: Opened },
): Promise<Session> {
  const { config, store } = services;
  const states = new Map((await store.spaces.states()).map((state) => [state.name, state]));
  const opened = run.opened ?? createOpened();
  const open = opened.connections;
  const notices: Notice[] = [];
  const faults: Fault[] = [];
  /** A password that was refused is not tried again in this run: some systems lock the account. */
  const refused = new Set<string>();
  /** Where a system said last that it is not there. */
  const own = new Map<string, Fault>();
  const log = createErrorLog(store, run.begun);
  let row: Begun | null = null;
  const begun = run.begun.then((one) => {
    row = one;
  });
  begun.catch(() => undefined);
  const rowOf = (): Begun => {
    if (row === null) throw new TypeError('the run has not begun yet');
    return row;
  };
  let last: Fault | undefined;
  let count = 0;
  const fault = (told: Fault, subject?: { subject: 'object' | 'staged'; id: number }): void => {
    const one = keepableFault(subject?.subject === 'staged' ? withLine(told, context, (name) => open.get(name)?.file) : told);
    // The one thing that a read left out is also why that read was not complete.
    if (subject === undefined && isDeepStrictEqual(last, one)) return;
    last = one;
    count++;
    if (faults.length < SHOWN) faults.push(one);
    log.add({
      connection: one.where.connection ?? null,
      subject: subject?.subject ?? null,
      subjectId: subject?.id ?? null,
      fault: one,
    });
    const tell = ({ id }: Begun): void => services.onFault?.(one, { run: id, ...subject });
    if (row === null) run.begun.then(tell, () => undefined);
    else tell(row);
    if (one.where.connection === undefined) return;
    if (subject === undefined && OWN_KINDS.has(one.kind)) own.set(one.where.connection, one);
    if (one.kind !== 'authentication') return;
    refused.add(one.where.connection);
    services.rests?.refused(one.where.connection, one);
  };
  const signal = services.signal ?? new AbortController().signal;
  opened.warn = (connection, one) => fault({ ...one, where: { connection, ...one.where } });
  const openOne = (connection: EngineConnection): Connection => {
    const { name } = connection;
    const known = open.get(name) ?? openConnection(connection, config, (one) => opened.warn(name, one));
    open.set(name, known);
    return known;
  };
  const asking = { connections: config.connections, states, now: run.now, signal, open: openOne };
  const context: EngineContext = {
    store,
    begun,
    get run() {
      return rowOf().id;
    },
    get epoch() {
      return rowOf().epoch;
    },
    now: run.now,
    zone: config.zone,
    whatIf: run.whatIf,
    timeDoubted: await isTimeDoubted(asking, run.believedNow),
    wall: services.wall,
    folder: config.folder,
    limits: config.limits,
    batch: services.batch ?? BATCH,
    connections: config.connections,
    kinds: config.kinds,
    turns: run.turns,
    monotonic: services.monotonic ?? (() => performance.now()),
    pause: services.pause ?? pause,
    digester: createDigester(store.info.digestKey),
    states,
    counters: createCounters(),
    failed: new Set(),
    lostPlace: new Set(),
    unfinished: new Map(),
    lines: createLines(),
    signal,
    fault,
    progress: (phase, connection, done, total) => services.onProgress?.({ phase, connection, done, total }),
    notice: (kind: NoticeKind, connection, message, remedy, hold) =>
      tell(notices, { kind, connection, remedy, hold: hold ?? null }, message),
    ...deliveries(config.folder, signal),
    rests: (name) => refused.has(name) || services.rests?.refuses(name) === true,
    open: openOne,
  };
  return {
    context,
    notices,
    faults,
    faultCount: () => count,
    told() {
      for (const { name } of config.connections) {
        const why = own.get(name);
        const { seen, written } = context.counters.of(name);
        if (why !== undefined && context.failed.has(name)) services.rests?.failed(name, why);
        else if (seen + written > 0) services.rests?.answers(name);
      }
    },
    errorsStored: () => log.settled(),
    close: () => opened.close(run.opened === undefined),
  };
}

/** As the rules of the file want it. */
export function openConnection(
  connection: EngineConnection,
  { folder, limits }: Pick<Services['config'], 'folder' | 'limits'>,
  warn: (fault: Fault) => void,
): Connection {
  const { name } = connection;
  const context = { connection: name, folder, limits, ...mappedBy(connection), ...clearedBy(connection), warn };
  return connection.definition.open(connection.settings, context);
}

/** Attributes whose emptiness says something. What is written to shows its empty attributes as it always did: as none. */
export function clearedBy({ exports, imports }: Pick<EngineConnection, 'exports' | 'imports'>): {
  clears?: readonly string[];
} {
  if (exports.size > 0) return {};
  const flows = [...imports.values()].flatMap((rule) => rule.flows).filter((flow) => flow.empty === 'clears');
  return flows.length === 0 ? {} : { clears: [...new Set(flows.flatMap((flow) => flow.reads))] };
}

/** Where the object stood in the file that this run read it from. */
function withLine(
  fault: Fault,
  { lines }: Pick<EngineContext, 'lines'>,
  fileOf: (connection: string) => string | undefined,
): Fault {
  const { connection, object, line } = fault.where;
  if (connection === undefined || object === undefined || line !== undefined) return fault;
  const found = lines.of(connection, object);
  if (found === undefined) return fault;
  const file = fileOf(connection);
  return { ...fault, where: { ...(file === undefined ? {} : { file }), ...fault.where, line: found } };
}

/** A fault about a text that no store keeps names that text too; one in which a secret turns up does not. */
function keepableFault(fault: Fault): Fault {
  const kept = (text: string): string => shortened(keepable(redact(text)));
  const where = Object.fromEntries(
    Object.entries(fault.where).map(([name, value]) => [name, typeof value === 'string' ? kept(value) : value]),
  );
  const remedy = fault.remedy === undefined ? {} : { remedy: kept(fault.remedy) };
  return { ...fault, message: kept(fault.message), where, ...remedy };
}

/** A name from outside may be as long as the file it is in. */
function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST).toWellFormed()}…`;
}

/** What a target's file is made with: the attributes that rules write. */
export function mappedBy(connection: Pick<EngineConnection, 'exports'>): {
  mapped?: { readonly [kind: string]: readonly string[] };
} {
  if (connection.exports.size === 0) return {};
  const mapped: { [kind: string]: string[] } = Object.create(null);
  for (const rule of connection.exports.values()) {
    const names = rule.flows.map((flow) => flow.attribute);
    if (rule.enabled) names.push(rule.enabled.attribute);
    mapped[rule.to] = [...new Set([...(mapped[rule.to] ?? []), ...names])];
  }
  return { mapped };
}

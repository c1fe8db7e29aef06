/**
 * One file per thing a user can do: what goes in and what comes out (zod), which permission it takes, and `run`.
 * The command line, the HTTP interface and its description all derive from these values; none of them knows more.
 *
 * Every output is one JSON object that opens with its version and the name of the command, `{"version":1,"command":"plan",…}`.
 * Within a version, fields are added and never changed or taken away. `perform` is the only way in: it checks the input
 * and puts the head on the answer. The store is opened by the operation that needs it, for reading or for writing.
 */
import { z } from 'zod';
import type { Permission } from '#access/roles';
import { explainIssues } from '#config/issues';
import type { Loaded } from '#config/load';
import type { Configuration, ConnectionConfig } from '#config/model';
import { type Fault, RollcallError, StoreInUse } from '#core/errors';
import type { Level, LogFormat } from '#core/levels';
import type { Services } from '#runs/model';
import { askService } from './remote.ts';
import type { Listeners } from './session.ts';

export { type Permission, ROLES } from '#access/roles';

export type Definition = ConnectionConfig['definition'];
/** What a connector proposes for a first configuration. */
export type Proposed = Awaited<ReturnType<NonNullable<Definition['propose']>>>;
/** What a connector asks of a person for it. */
export type Asked = ReturnType<NonNullable<Definition['asks']>>[number];
export type OpenStore = Services['store'];

/** `older`: the first command that writes brings it up to date; `none`: that makes it. */
export const STORE_LOOKS = ['there', 'older', 'none'] as const;

/** What the composition root gives: the parts that operations must not know by name. */
export interface Program {
  readonly version: string;
  /** Connector type → definition. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Wall clock, ms. */
  readonly wall: () => number;
  /** What `${env:NAME}` stands for. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The checked configuration, or every fault in it. */
  loadConfig(file: string): Promise<Loaded>;
  /** `readOnly` works beside a running writer and never creates or upgrades a store. */
  openStore(config: Configuration, how: { readonly readOnly: boolean }): Promise<OpenStore>;
  /** Whether the store can be used, and what is to be said of it; makes none and writes nothing. */
  lookAtStore(
    config: Configuration,
  ): Promise<{ readonly state: (typeof STORE_LOOKS)[number]; readonly warnings: readonly Fault[] }>;
  /** Starts the service; fulfilled when it can be reached. */
  serve(options: ServeOptions): Promise<Serving>;
}

export interface ServeOptions {
  /** Path of rollcall.yaml. */
  readonly file: string;
  readonly version: string;
  readonly config: Configuration;
  /** For commands beside it that find the store in use; null where they can use it. */
  readonly socket: string | null;
  /** `HOST:PORT`, in place of what the file says; port 0: any that is free. */
  readonly listen?: string | undefined;
  /** In place of what the file says. */
  readonly logLevel?: Level | undefined;
  readonly logFormat?: LogFormat | undefined;
}

export interface Serving {
  /** `http://127.0.0.1:7655`. */
  readonly url: string;
  /** Where the first administrator is made, good once; null where there is one. For the terminal alone. */
  readonly setUp: string | null;
  /** Fulfilled when it is over: `stop` was called and what was at hand has ended. Errors: what ended it. */
  readonly ended: Promise<void>;
  stop(): void;
}

/**
 * `readOrEmpty`: as before the first run where there is no store yet. `stored`: for reading, and where the file has faults from the
 * store alone: then no connection and no rule is known, and `services` says so.
 */
export type Access = 'read' | 'readOrEmpty' | 'stored' | 'write';

/** As the audit log names somebody. */
export type Caller = Parameters<OpenStore['audit']['append']>[0][number]['actor'];

export interface SessionServices extends Services {
  /** The file has faults: what is known comes from the store alone. Only with `stored`. */
  readonly storedOnly: boolean;
}

/** One caller's surroundings; opened lazily, closed by whoever made it. */
export interface Session {
  readonly program: Program;
  /** Path of rollcall.yaml. */
  readonly file: string;
  /** Who is told of what goes on, and says when it is to end. */
  readonly listeners: Listeners;
  /** Who asks, and by what way, for the audit log. */
  readonly caller: Caller;
  /** Where the service that carries it out is reached, such as `https://127.0.0.1:7655`; null where none does. */
  readonly url: string | null;
  services(access: Access): Promise<SessionServices>;
  /** The socket of the service that has the store, where one answers. */
  service(): Promise<string | null>;
  close(): Promise<void>;
}

export interface Operation<In, Out> {
  readonly name: string;
  readonly permission: Permission;
  readonly input: z.ZodType<In>;
  readonly output: z.ZodType<Out & Head>;
  /** Its answer holds a secret that is shown once, and is kept nowhere. */
  readonly isSecret?: true;
  run(input: In, session: Session): Promise<Out>;
}

export interface Head {
  readonly version: number;
  readonly command: string;
}

/** Nothing in it takes the place of the head. */
type Shape = z.ZodRawShape & { readonly [name in keyof Head]?: never };

/**
 * The answer's shape with its head. Types are written out beside it, since exported declarations are; that both say the same
 * is held by tests which send every answer through its shape and compare.
 */
export function versioned<Out>(command: string, shape: Shape): z.ZodType<Out & Head> {
  return z.object({ version: z.literal(1), command: z.literal(command), ...shape }) as unknown as z.ZodType<Out & Head>;
}

/** Runs an operation with input from outside, here or in the service that has the store. Errors: RollcallError, `invalidValue` for a wrong input. */
export async function perform<In, Out>(operation: Operation<In, Out>, input: unknown, session: Session): Promise<Out & Head> {
  const checked = operation.input.safeParse(input);
  if (!checked.success) {
    throw new RollcallError('invalidValue', `${operation.name}: ${inWords(checked.error.issues, operation.input, input)}.`, {
      remedy: `See 'rollcall ${operation.name} --help'.`,
    });
  }
  try {
    return { version: 1, command: operation.name, ...(await operation.run(checked.data, session)) };
  } catch (error) {
    const socket = error instanceof StoreInUse ? await session.service() : null;
    if (socket === null) throw error;
    return (await askService(socket, { name: operation.name, input: checked.data }, session.listeners)) as Out & Head;
  }
}

/** The first thing that is wrong with an input. */
function inWords(issues: z.ZodError['issues'], schema: z.ZodType, input: unknown): string {
  const [first] = explainIssues(issues, schema, input);
  if (first === undefined) return 'the input is not valid';
  const where = first.path.slice(0, first.part === 'key' ? -1 : undefined).join('.');
  return where === '' ? first.message : `${where}: ${first.message}`;
}

/**
 * The closed list of error kinds. A kind is chosen by what the caller does next, never by where the fault came from;
 * connectors map their system's codes to kinds in one function each, the engine maps kinds to actions in one table.
 */
export const ERROR_KINDS = [
  'configuration',
  'authentication',
  'permission',
  'notFound',
  'conflict',
  'invalidValue',
  'rateLimited',
  'unavailable',
  'internal',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

export interface Where {
  readonly connection?: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  readonly column?: number;
  /** Anchor, name or id of the object concerned. */
  readonly object?: string;
  readonly attribute?: string;
}

/**
 * A fault said in full: what happened, where, and what to do about it. `message` names no secret and no personal value
 * beyond the object's own identifier.
 */
export class RollcallError extends Error {
  readonly kind: ErrorKind;
  readonly where: Where;
  readonly remedy: string | undefined;
  /** For rateLimited and unavailable: do not try again before this many milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Of a cursor that is refused with `conflict`: that is how the system is, and nothing about it needs a look. */
  readonly usual: boolean;
  /** What is wrong, one by one, where several things may be. */
  readonly parts: readonly Fault[];

  constructor(
    kind: ErrorKind,
    message: string,
    more: {
      where?: Where;
      remedy?: string;
      cause?: unknown;
      retryAfterMs?: number;
      usual?: boolean;
      parts?: readonly Fault[];
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'RollcallError';
    this.kind = kind;
    this.where = more.where ?? {};
    this.remedy = more.remedy;
    this.retryAfterMs = more.retryAfterMs;
    this.usual = more.usual ?? false;
    this.parts = more.parts ?? [];
  }
}

/** Another run, or another process, writes the store by now: nothing that this one still tries is kept, so it ends. */
export class Superseded extends RollcallError {
  constructor(message: string, more: { remedy: string }) {
    super('conflict', message, more);
    this.name = 'Superseded';
  }
}

/** The store cannot be worked with now, whatever was being done: no connected system's fault, and nothing goes on without it. */
export class StoreUnavailable extends RollcallError {
  constructor(message: string, more: { where?: Where; remedy?: string; cause?: unknown }) {
    super('unavailable', message, more);
    this.name = 'StoreUnavailable';
  }
}

/** Another process has the store for itself. */
export class StoreInUse extends RollcallError {
  constructor(message: string, more: { where?: Where; remedy?: string }) {
    super('conflict', message, more);
    this.name = 'StoreInUse';
  }
}

/** Somebody ended it while it waited to begin: nothing was done. */
export class Interrupted extends RollcallError {
  constructor(message: string) {
    super('conflict', message);
    this.name = 'Interrupted';
  }
}

/** The same fault as plain data, for results, tables and JSON. */
export interface Fault {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly where: Where;
  readonly remedy?: string;
  readonly retryAfterMs?: number;
  /** Somebody may want to know: what it is about is carried as it is, and nothing was left out or held for it. */
  readonly carried?: true;
  /** What is wrong, one by one. */
  readonly parts?: readonly Fault[];
}

export function toFault(error: unknown, where: Where = {}): Fault {
  if (error instanceof RollcallError) {
    const { kind, message, remedy, retryAfterMs, parts } = error;
    return {
      kind,
      message,
      where: { ...where, ...error.where },
      ...(remedy === undefined ? {} : { remedy }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(parts.length === 0 ? {} : { parts }),
    };
  }
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error), where };
}

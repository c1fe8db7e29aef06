/**
 * The connector contract: all that a connector needs to know, and all that the engine may ask of it. conformance/ tests all of this.
 * A connector is a plain value, a `ConnectorDefinition`. `open` makes a connection for one configured system; what that can do is which
 * optional parts it has: `read`, `write`, `lookup`, `clock`. Retry, scheduling, back-off, batching policy and database are the engine's. A
 * connector turns its system's codes into the error kinds of core/errors in one function, and checks answers as it checks its settings.
 * How objects and their values look on the way in and out: objects.ts; what a writer is told, and answers: writing.ts.
 */
import type { z } from 'zod';
import type { Fault } from '#core/errors';
import type { AttributeType, Kind } from '#core/values';
import type { Change, ReadObject } from './objects.ts';
import type { FirstConfiguration } from './proposed.ts';
import type { ReceivedObjects, Receiver } from './received.ts';
import type { Creates, Leaving, WriteItem, WriteResult } from './writing.ts';

export type { AttributeType, Blob, Kind, Matching, Scalar, ValueType } from '#core/values';
export type { Asked, Offer } from './asked.ts';
export type { Change, RawAttributes, RawValue, ReadObject, SetEdits, WriteValue } from './objects.ts';
export type { Proposed, SeenColumn } from './proposed.ts';
export type { Needed, Present, Received, ReceivedRequest, Receiver, Refusal, ScimBase, Searchable } from './received.ts';
export type { Creates, WriteItem, WriteResult } from './writing.ts';

export interface ConnectorDefinition<Config = unknown> extends FirstConfiguration<Config>, ReceivedObjects, Leaving<Config> {
  readonly type: string;
  readonly title: string;
  readonly maturity: 'stable' | 'beta' | 'alpha';
  /**
   * Configuration keys of this type, without the common ones; refuses keys that it does not know, and settings that name no system.
   * Secret fields carry `.meta({ secret: true })`.
   */
  readonly config: z.ZodType<Config>;
  /** That it never writes, or that a new account's key, or its name, must come from us; a function where the settings decide. */
  readonly writes?: Writes | ((config: Config) => Writes | undefined);
  /** A name in a reference is one of what is there by then: `present`; otherwise an account may be named that is still to be made. */
  readonly refersTo?: 'present';
  /** Accounts never to be written where rollcall.yaml does not say which (`protect`): an expression over `row`. */
  protects?(config: Config): string;
  /** The remedy where, with these settings, no object can say that an attribute is empty; null where it can. */
  cannotSayEmpty?(config: Config, isWritten: boolean): string | null;
  /**
   * Attributes that take generated values (SEMANTICS 9): no read, look-up, answer or error of it ever shows one. Or, where with these
   * settings none can be sent safely, what to do about that.
   */
  secrets?(config: Config): readonly string[] | { readonly remedy: string };
  /** Attributes that are the anchor of objects of a kind, where they are attributes as well: a write that changes one would be refused. */
  anchors?(config: Config, kind: Kind): readonly string[];
  /** Never touches the network or the disk beyond reading what the configuration names; reaching the system is `test`. */
  open(config: Config, context: OpenContext): Connection;
}

export type Writes = 'never' | 'callerKey' | 'callerName';

export interface OpenContext {
  readonly connection: string;
  readonly folder: string; // Where rollcall.yaml is: relative paths start there.
  readonly limits: { readonly maxObjectBytes: number };
  /** Attributes that export rules write, by kind in this system; left out where nothing is exported. */
  readonly mapped?: { readonly [kind: Kind]: readonly string[] };
  /** Attributes that rules of a mere source clear by (`empty: clears`): null without a value, unless the settings say otherwise. */
  readonly clears?: readonly string[];
  /** For what a person should know but which stops nothing, such as a skipped line. */
  warn(fault: Fault): void;
}

export interface Connection {
  /** The file that lines are counted in, where it is one; for error messages. */
  readonly file?: string;
  /** Reaches the system and says what it found, in one line; throws a RollcallError that says what to do. */
  test(): Promise<string>;
  /** The same again while the system is the same. */
  discoverSchema(): Promise<Schema>;
  readonly read?: Reader;
  readonly write?: Writer;
  readonly receive?: Receiver; // In place of `read`, of a system that tells: received.ts.
  /** Current objects of this kind with this anchor, or this value in this attribute; empty when there is none, or no such kind. */
  lookup?(by: { anchor: string } | { attribute: string; value: string }, kind: Kind): Promise<readonly ReadObject[]>;
  /**
   * The system's own time, for a system that says it: an HTTP Date, a directory's currentTime. Never this machine's clock. In whole
   * milliseconds since 1970; it does not go back. Throws when `signal` is aborted.
   */
  readonly clock?: { now(signal: AbortSignal): Promise<number> };
  /** A second time does nothing. What is not committed is gone. */
  close(): Promise<void>;
}

/** What the system says about itself. `complete` = an attribute not listed does not exist there. */
export interface Schema {
  readonly complete: boolean;
  readonly kinds: { readonly [kind: Kind]: { readonly [attribute: string]: AttributeType & { readonly readOnly?: boolean } } };
}

export interface Reader {
  /**
   * Everything, each object once and in the same order while nothing changes, or what changed since a cursor this connection gave
   * earlier, which may be nothing; one the system does not know any more is refused with `conflict`, and the engine reads everything; `usual` where that is how the system is.
   * Pages come in any size. `resume` repeats the last checkpoint of an interrupted full read; where that is worthless by now, it is
   * ignored and the first page says `restarted: true`. `last`: the fingerprint of what was there when it was last read completely, or
   * written, with a full read that may doubt by it; not where a person said that it is right (`ReadEnd.doubted`). Once `signal` is aborted, no page comes but the one under way, and no `end`: it
   * throws the signal's reason, or stops.
   */
  read(request: { since?: Cursor; resume?: Cursor; last?: string; signal: AbortSignal }): AsyncIterable<Page>;
  /**
   * True when the system keeps a change feed, which `since` asks, first from a `cursor` taken before a full read. `only`: it has
   * nothing else: it begins at `cursor`, and again at a cursor it does not know: `restarted: true`, and no `complete` end.
   */
  readonly deltas: boolean | 'only';
  /** Pages show different moments: absence is proven by a look-up of each, or by two complete reads in a row (SEMANTICS 6). */
  readonly moving?: boolean;
  cursor?(): Promise<Cursor>;
  /**
   * Hears of changes as they happen: yields once as soon as it listens, and soon after each change, several as one while nobody takes
   * them. What changed is then asked by `read`, since the cursor; where there are no deltas all is read, so that it yields for nothing
   * but another state than the last one. Goes on until `signal` is aborted, and ends then; throws when it can listen no more, and may
   * be begun again. Other calls go on meanwhile, of this connection for days.
   */
  watch?(signal: AbortSignal): AsyncIterable<void>;
}

/** Opaque to everybody but the connection that made it; at most 64 KB. */
export type Cursor = string;

/** A read interrupted after a page may `resume` there. Only the last page has an `end`. */
export interface Page {
  readonly objects: readonly (ReadObject | Change)[];
  readonly restarted?: boolean;
  readonly resume?: Cursor;
  readonly end?: ReadEnd;
}

/** A read without an `end`, or not `complete` for some `reason`, proves no absence (SEMANTICS 6). */
export interface ReadEnd {
  readonly complete: boolean;
  readonly reason?: Fault;
  /** Where the next delta starts, if it should differ from the cursor taken before. */
  readonly next?: Cursor;
  /** Attributes the system has now; one that was there and is not listed is an outage of that attribute. */
  readonly attributes?: readonly string[];
  /** Identity of exactly what was read (size, time, digest …): the same print means the same content. `absent`: a file not there. */
  readonly fingerprint?: string;
  /** It is not complete for nothing but what it is beside `last`: a person may say that it is right. */
  readonly doubted?: true;
  readonly absent?: string;
}

export interface Writer {
  /**
   * One answer per item, in order; one that is refused changes nothing and stops no other. An update or delete of what is not there is
   * refused with `notFound`. It throws only when nothing of the batch was done and nothing more should be sent.
   */
  write(items: readonly WriteItem[]): Promise<readonly WriteResult[]>;
  /**
   * When present, nothing written counts until it resolves. Answers the fingerprint a read of exactly this content ends with; where
   * nothing was written, that is the one there was.
   */
  commit?(): Promise<{ fingerprint: string }>;
  /** How an unknown outcome of a create is settled (SEMANTICS 9). A writer without one cannot create. */
  readonly creates: Creates | null;
  readonly batch: { readonly items: number };
  /** Each answer that is `ok` has the `object`, but of deletes and of what is `edited`. */
  readonly answers?: 'object';
}

/** Part of the connector contract: systems that are not read but tell, by requests that Rollcall answers. */
import type { Identity } from '#core/erased';
import type { Fault } from '#core/errors';
import type { Attributes, Kind, Scalar } from '#core/values';
import type { ScimResourceType } from '#protocols/scim/schema';
import type { Change, ReadObject } from './objects.ts';

/** What the definition of a connector says of objects that are not read. */
export interface ReceivedObjects {
  /** Attributes that are references by anchor to many, kept as edges whatever the rules say of them. */
  readonly edges?: { readonly [kind: Kind]: readonly string[] };
  /** Of a connection to no system: the id of the person or group here of whom the object is a part, and who is not kept by it; null for one by itself. */
  belongsTo?(anchor: string): number | null;
  /** Where the same person may come under another anchor: by what somebody who was erased is known then. */
  readonly identity?: Identity;
}

/** One request about one object, as data: it may be handed from process to process. */
export interface ReceivedRequest {
  readonly kind: Kind;
  /** Of a new object: made by whoever took the request. */
  readonly anchor: string;
  /** What only the connector understands. */
  readonly body: unknown;
}

/** The object as it is when the request's turn comes. */
export interface Present {
  /** Null: it is not there, or not any more. Without references that are kept as edges. */
  readonly attributes: Attributes | null;
  /** Of those that `receive` said it needs: what is there. Null at first. */
  readonly edges: ReadonlySet<string> | null;
  /** ms. */
  readonly now: number;
}

/** References of the object that must be known: whether these are there, or all. It is called again with them. */
export interface Needed {
  readonly needs: { readonly attribute: string; readonly values: readonly Scalar[] | 'all' };
}

export interface Received {
  /** Plain data for whoever sent the request. */
  readonly answer: unknown;
  /** Left out: nothing changes. */
  readonly staged?: {
    readonly change: ReadObject | Change;
    /** For the audit log: `scim.update`, and what the object was and is for whoever sent the request. */
    readonly noted?: { readonly action: string; readonly before: unknown; readonly after: unknown };
    /** In place of `answer` where it cannot be staged. */
    refused(why: Refusal): unknown;
  };
}

export type Refusal =
  /** Another object has that value, which only one may have. */
  | { readonly taken: string }
  /** Values that cannot be kept. */
  | { readonly faults: readonly Fault[] };

export interface Receiver {
  /** Of one that is reached by SCIM: what is served at its base URL. */
  readonly scim?: ScimBase;
  /** Of one that is told by POSTs of JSON: the requests that a body makes, each about one object. Errors: invalidValue. */
  readonly hook?: { requests(body: unknown): readonly ReceivedRequest[] };
  /**
   * What becomes of a request. Called for the requests about one object in their order, each time with the object as the one before left
   * it; may be called again for the same request. No I/O; never throws for what somebody outside sent: the answer says what is wrong.
   */
  receive(request: ReceivedRequest, present: Present): Received | Needed;
}

export interface ScimBase {
  readonly types: readonly ScimResourceType[];
  /** Whether what identity providers send is understood where it is not as the RFC wants it. */
  readonly tolerant: boolean;
  /** Of a resource type by its name. */
  readonly kindOf: { readonly [resourceType: string]: Kind };
  /** Paths of values that are keys, by resource type. */
  readonly keyed: { readonly [resourceType: string]: readonly string[] };
}

/** How an object is found beside its anchor (docs/decisions/0023). */
export interface Searchable {
  /** Canonical JSON, folded so that equal means equal. */
  readonly document: string;
  /** Values that are asked for alone, in their normal form; of a `unique` one there is one object of the kind. */
  readonly keys: readonly { readonly path: string; readonly norm: string; readonly unique: boolean }[];
}

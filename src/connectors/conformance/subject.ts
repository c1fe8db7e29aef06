/** What a connector's own test tells the suite: how to make a system, what stands in it, and what it cannot do. */
import type { ConnectorDefinition, Creates, WriteItem } from '#connectors/contract';

export interface Runner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>): void;
  skip(name: string): void;
}

export type Capability =
  /** Everything can be asked for; without it there is only a feed. */
  | 'fullRead'
  | 'deltas'
  /** It can be listened to. */
  | 'watch'
  | 'resume'
  | 'write'
  | 'commit'
  | 'lookup'
  /** It says what time it is. */
  | 'clock'
  /** The caller chooses the anchor, or the name it follows from. */
  | 'callerAnchors'
  /** A write of what is not there is refused as such. */
  | 'presence'
  | 'fingerprint'
  /** A write of what somebody changed since it was seen is refused as such. */
  | 'compare'
  /** Attributes with several values. */
  | 'lists';

/** A system made for one test. */
export interface Bench {
  /** As somebody would write it in rollcall.yaml. */
  readonly config: unknown;
  readonly folder: string;
  /** Takes the system away, or makes it one that cannot be this one. */
  ruin(): Promise<void>;
  /** Ends the connection as a crash of the process would: nothing is closed, committed or flushed. */
  crash?(): Promise<void>;
  /** Changes the system as a stranger would. Needed for `deltas` and `watch`. */
  change?(edit: { put?: SeedObject; set?: SeedObject; remove?: string }): Promise<void>;
  dispose(): Promise<void>;
}

export interface SeedObject {
  /** Made into an anchor by `Subject.anchor`. */
  readonly key: string;
  readonly text?: string;
  readonly other?: string;
  readonly list?: readonly string[];
}

export interface Subject<Config> {
  readonly definition: ConnectorDefinition<Config>;
  readonly kind: string;
  /** Names of two attributes of one text and one of several. */
  readonly attributes: { readonly text: string; readonly other: string; readonly list: string };
  anchor(key: string): string;
  /** What a create needs besides: a name, or attributes. */
  creating?(key: string): { readonly name?: string; readonly set?: WriteItem['set'] };
  /** How creates of unknown outcome are settled; `callerKey` when left out. */
  readonly creates?: Creates['by'];
  readonly lacks: { readonly [capability in Capability]?: string };
  make(objects: readonly SeedObject[]): Promise<Bench>;
}

/**
 * Compiled rules: what the engine and the oracle evaluate. rules/compile makes them from the text in rollcall.yaml.
 *
 * Everything here is pure: an evaluation reads its scope and the run's one clock, nothing else, and answers the same for
 * the same input. Expression text, AST and library never leave this folder.
 */
import type { PasswordPolicy } from '#core/password';
import type { Viewer } from '#core/roles';
import type { Attributes, AttributeType, Kind, Scalar, Value } from '#core/values';

/** The clock of one run. `due` collects the earliest instant at which an answer given so far would change (SEMANTICS 5). */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  due: number;
}

/** What an import rule sees: one staged object. `anchor` and `name` are readable as `row.anchor`, `row.name` only where no attribute has that name. */
export interface RowScope {
  readonly row: Attributes;
  readonly anchor: string;
  readonly name: string | null;
}

/**
 * What an export rule sees: the agreed attributes plus `id`, `active` and `state`. A reference attribute holds the referred
 * object's own attributes, one hop, without further hops; null where there is none.
 */
export interface ObjectScope {
  readonly object: { readonly [name: string]: unknown };
}

/** undefined = absent: says nothing. null = known to be empty. */
export type Contribution = Value | undefined;

/** An evaluation that failed: the attribute is held for that object, the rest goes on. Thrown as RollcallError('invalidValue'). */
export type Evaluate<Scope, Result> = (scope: Scope, clock: Clock) => Result;

export interface ReferenceBy {
  /** Which system's terms the key is in; the connection's own unless said otherwise. */
  readonly connection: string;
  /** `anchor`, `name` (a DN), the metaverse attribute whose join key it is, or the object's own `id`. */
  readonly by: 'anchor' | 'name' | 'id' | { readonly attribute: string };
  /** Kind of the object referred to. */
  readonly kind: Kind;
}

export interface ImportFlow {
  readonly attribute: string;
  /** The rule as written, for `explain`. */
  readonly text: string;
  /** Staged attributes the rule reads. */
  readonly reads: readonly string[];
  /** SEMANTICS 3: whether empty wins and clears, or says nothing. */
  readonly empty: 'clears' | 'falls';
  /** For references the value is the key text(s), resolved by the engine. Already typed and canonical for the attribute. */
  readonly evaluate: Evaluate<RowScope, Contribution>;
  readonly reference: ReferenceBy | null;
}

export interface ImportRule {
  readonly connection: string;
  readonly kind: Kind;
  /** Kind name of the staged objects this rule takes, where the connector has several. */
  readonly from: Kind;
  readonly filter: Evaluate<RowScope, boolean> | null;
  /** The filter as written, for `explain`. */
  readonly filterText: string | null;
  /** Metaverse attributes; the staged object's own flow of each gives the value looked for, in this order. */
  readonly join: readonly string[];
  readonly project: boolean;
  readonly many: boolean;
  /** Sorts several staged objects of one person, the primary first; ends with the anchor. */
  readonly primary: ((a: RowScope, b: RowScope, clock: Clock) => number) | null;
  readonly aggregates: readonly { readonly attribute: string; readonly how: 'any' | 'all' | 'min' | 'max' | 'union' }[];
  readonly flows: readonly ImportFlow[];
  /** Staged attributes whose values are edges: kept as rows, never in the image, when `multi`. */
  readonly edges: readonly { readonly attribute: string; readonly reference: ReferenceBy; readonly multi: boolean }[];
  /** SEMANTICS 7: staged objects that are read and never written. */
  readonly protect: Evaluate<RowScope, boolean> | null;
  /** Staged attributes that `protect` reads. */
  readonly protectedBy: readonly string[];
  /** Staged attributes by which filter, join and protect decide whether and as whom an object is taken. */
  readonly decides: readonly string[];
  /** Staged attributes that each of these reads. */
  readonly conditions: readonly { readonly key: 'filter' | 'protect' | 'primary'; readonly reads: readonly string[] }[];
  readonly hash: string;
}

export type Strength = 'always' | 'ifEmpty' | 'onCreate' | 'observe';

export interface ExportFlow {
  /** Attribute in the target. */
  readonly attribute: string;
  readonly text: string;
  readonly strength: Strength;
  /** Multi-values: all values are decided here, or only those Rollcall added; `byOrigin`, the default of memberships: ours in adopted groups, all in created ones. */
  readonly values: 'all' | 'ours' | 'byOrigin';
  /** Metaverse attributes read, and `manager.mail` for one hop. */
  readonly reads: readonly string[];
  /** Typed for the target; a reference flow answers object ids as numbers, translated when it is sent. */
  readonly evaluate: Evaluate<ObjectScope, Contribution>;
  /** Set when the value is a reference: the terms the target wants it in. */
  readonly reference: { readonly by: 'anchor' | 'name'; readonly multi: boolean } | null;
  readonly type: AttributeType;
}

/** Where a generated value goes besides the target; `none`: nowhere. */
export type Delivery =
  | { readonly to: 'none' }
  /** A folder, from that of rollcall.yaml on: one file per account. */
  | { readonly to: 'file'; readonly folder: string }
  /** A program and its arguments: the value comes on its standard input. */
  | { readonly to: 'command'; readonly command: readonly string[]; readonly timeoutMs: number };

/** A value that is made for a new account while it is sent, and kept nowhere (SEMANTICS 9). */
export interface SecretFlow {
  /** Attribute in the target, which never shows it. */
  readonly attribute: string;
  /** The policy as text, for `explain`, and for the wish. */
  readonly text: string;
  readonly policy: PasswordPolicy;
  readonly deliver: Delivery;
}

export interface ExportRule {
  readonly connection: string;
  readonly kind: Kind;
  /** Kind of the objects in the target. */
  readonly to: Kind;
  readonly when: Evaluate<ObjectScope, boolean>;
  readonly provision: boolean;
  /** New account's anchor where the caller chooses it. */
  readonly anchor: Evaluate<ObjectScope, Contribution> | null;
  /** Name (DN, path) of the account. */
  readonly name: Evaluate<ObjectScope, Contribution> | null;
  /** Metaverse attributes that anchor and name read. */
  readonly namedBy: readonly string[];
  /** Whether a changed parent moves the account. */
  readonly move: boolean;
  /** How an account is enabled and disabled there. */
  readonly enabled: { readonly attribute: string; readonly on: Value; readonly off: Value } | null;
  readonly flows: readonly ExportFlow[];
  readonly secrets: readonly SecretFlow[];
  readonly deprovision: Deprovision;
  /** Metaverse attributes read by anything above, hops included. */
  readonly reads: readonly string[];
  readonly hash: string;
}

export interface Deprovision {
  readonly action: 'none' | 'disable' | 'delete';
  readonly then: 'none' | 'delete';
  /** Grace between the confirmed disable and `then`. */
  readonly afterMs: number;
}

export interface UniqueRule {
  readonly attribute: string;
  /** Tried in order; each may use `n`, which counts from 2 for the last one until a free value is found. */
  readonly candidates: readonly ((scope: ObjectScope, counter: number | null, clock: Clock) => string | undefined)[];
  readonly maxLength: number;
  /** Staged attributes of targets whose values are taken too. */
  readonly uniqueIn: readonly { readonly connection: string; readonly attribute: string }[];
  readonly onRename: 'keep' | 'regenerate';
  readonly reads: readonly string[];
}

/** What may be written into an attribute by hand, and who sees and edits it. */
export interface Field {
  readonly pattern: string | null;
  readonly minLength: number | null;
  /** Of numbers and dates. */
  readonly min: Scalar | null;
  readonly max: Scalar | null;
  readonly choices: readonly Scalar[] | null;
  readonly see: readonly Viewer[];
  readonly edit: readonly Viewer[];
}

export interface MetaAttribute extends AttributeType {
  readonly name: string;
  readonly strategy: 'ranked' | 'merge' | 'latest';
  /** Connections in order of precedence; all contributors, the first wins. */
  readonly rank: readonly string[];
  /** Made or taken once, then kept whatever the sources say. */
  readonly once: boolean;
  readonly unique: UniqueRule | null;
  readonly label: string | null;
  /** Whether objects are searched by its words. */
  readonly indexed: boolean;
  readonly field: Field;
}

export interface LifeRule {
  /** Attributes of type date or instant; inclusive. */
  readonly starts: string | null;
  readonly ends: string | null;
  readonly active: Evaluate<ObjectScope, boolean> | null;
  /** From leaving to gone. */
  readonly graceMs: number;
}

export interface KindRules {
  readonly kind: Kind;
  readonly attributes: ReadonlyMap<string, MetaAttribute>;
  readonly life: LifeRule | null;
  /** Attributes published as join keys. */
  readonly joinKeys: readonly string[];
  /** Attributes whose words objects are searched by, in order of their names. */
  readonly searched: readonly string[];
  /** `[reference attribute, attribute]` that some rule reads through one hop. */
  readonly hops: readonly (readonly [string, string])[];
}

/**
 * An organisation, the systems in it with what they hold, and the steps of its days. What is random of them is in
 * random-rules.ts, random-organisation.ts and random-steps.ts; cases are written by hand (case.ts).
 */
export interface PlainObject {
  readonly kind: string;
  readonly anchor: string;
  readonly name?: string;
  readonly attributes: { readonly [name: string]: string | boolean | number | readonly string[] | null };
}

/** How a target treats what it is sent. */
export interface Manner {
  /** Attribute → what it makes of texts: an equivalent spelling, or something else. */
  readonly rewrites?: { readonly [attribute: string]: 'upper' | 'cut' };
  /** Attribute → a text it never takes. */
  readonly refuses?: { readonly [attribute: string]: string };
  /** Attribute → values that somebody has whom nobody sees: a conflict, which names the attribute unless it is `mute`. Not modelled by the oracle. */
  readonly taken?: { readonly [attribute: string]: readonly string[] };
  readonly mute?: boolean;
}

export interface Organisation {
  readonly yaml: string;
  readonly systems: {
    readonly [connection: string]: {
      readonly objects: readonly PlainObject[];
      readonly manner?: Manner;
      /** Its answers do not show what it holds then, and it cannot be asked: only the next read proves a write. */
      readonly mute?: boolean;
    };
  };
  /** Connections that are written to. */
  readonly targets: readonly string[];
}

export type Step =
  | { readonly do: 'put'; readonly connection: string; readonly object: PlainObject }
  | { readonly do: 'set'; readonly connection: string; readonly which: number; readonly attributes: PlainObject['attributes'] }
  | { readonly do: 'delete'; readonly connection: string; readonly which: number; readonly kind?: 'group' }
  | { readonly do: 'member'; readonly connection: string; readonly which: number; readonly member: string }
  | { readonly do: 'days'; readonly days: number }
  | { readonly do: 'run'; readonly profile: 'cycle' | 'full-import' | 'delta-import' | 'full-sync' | 'delta-sync' | 'export' };

export const DAY = 86_400_000;
/** 1 March 2026, 08:00 in UTC. */
export const MORNING: number = Date.UTC(2026, 2, 1, 8);
export const KEEPER = 'zz-keeper';

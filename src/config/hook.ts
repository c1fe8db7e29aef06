/** `hook` of a connection: how others tell of its changes by HTTP. */
import { pointerOf } from '#core/json-pointer';
import type { Kind } from '#core/values';
import type { Collector } from './collect.ts';
import type { Path } from './document.ts';
import { conceal } from './secrets/conceal.ts';
import { resolveReferences, type Sources } from './secrets/references.ts';

export interface HookConfig {
  /** Signs requests; null: only tokens are taken. */
  readonly secret: string | null;
  /** Which object a request is about; null: the body says it. */
  readonly object: {
    readonly kind: Kind;
    /** An attribute; null is the anchor. */
    readonly by: string | null;
    /** Steps of a JSON Pointer. */
    readonly value: readonly string[];
  } | null;
}

export interface WrittenHookOfConnection {
  readonly secret?: string;
  readonly object?: { readonly value: string; readonly by?: string; readonly kind?: Kind };
}

const NOTHING: HookConfig = { secret: null, object: null };

/** Faults are reported; what is answered then is of no use. */
export async function readHook(
  written: WrittenHookOfConnection | undefined,
  at: Path,
  sources: Sources,
  collect: Collector,
): Promise<HookConfig> {
  if (written === undefined) return NOTHING;
  const { data, references } = await resolveReferences(
    written,
    ([key]) => key === 'secret',
    sources,
    (inner, message, remedy) => collect.fault([...at, ...inner], 'value', message, remedy),
  );
  const { secret, object } = data as WrittenHookOfConnection;
  const config: HookConfig = {
    secret: secret ?? null,
    object:
      object === undefined
        ? null
        : { kind: object.kind ?? 'person', by: object.by ?? null, value: pointerOf(object.value) ?? [] },
  };
  conceal(config, written, references);
  return config;
}

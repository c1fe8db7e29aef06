/**
 * What a new account is called where its settings name the attributes that hold its key, as those of a file do: the rule that
 * writes them says it. Known before it is sent, so that an account that is there is seen, and one of unknown outcome is found.
 */
import type { ConnectorDefinition, Writes } from '#connectors/contract';
import { joinAnchor } from '#core/anchor';
import type { Kind } from '#core/values';
import type { ExportFlow, ExportRule } from '#rules/model';

export function withKeys(
  rules: ReadonlyMap<Kind, ExportRule>,
  definition: ConnectorDefinition,
  settings: unknown,
): ReadonlyMap<Kind, ExportRule> {
  if (writesOf(definition, settings) !== 'callerKey') return rules;
  return new Map([...rules].map(([kind, rule]) => [kind, withKey(rule, keyAttributes(definition, settings, kind))]));
}

/** `settings`: as checked. */
export function writesOf({ writes }: ConnectorDefinition, settings: unknown): Writes | undefined {
  return typeof writes === 'function' ? writes(settings) : writes;
}

/** Attributes that hold the key of a kind, as the settings of a connector say; none where they say nothing. */
export function keyAttributes(definition: ConnectorDefinition, settings: unknown, kind: Kind): readonly string[] {
  const key = (settings as { readonly anchor?: unknown } | null | undefined)?.anchor ?? definition.anchors?.(settings, kind);
  return (Array.isArray(key) ? key : [key]).filter((one): one is string => typeof one === 'string');
}

function withKey(rule: ExportRule, keys: readonly string[]): ExportRule {
  if (keys.length === 0 || rule.anchor !== null || rule.name !== null) return rule;
  const flows = keys.map((key) => rule.flows.find((flow) => flow.attribute === key && flow.strength !== 'observe'));
  const known = flows.filter((flow): flow is ExportFlow => flow !== undefined && flow.reference === null);
  if (known.length < keys.length) return rule;
  return {
    ...rule,
    anchor: (scope, clock) => {
      const texts = known.map((flow) => String(flow.evaluate(scope, clock) ?? ''));
      return texts.includes('') ? null : joinAnchor(texts);
    },
  };
}

/** Choices that cannot do anything for an item are not offered, and refused with the reason. */
import { inTheWay, type RenameContext } from '#runs/reasons';
import type { ParkedRow } from '#store/contract';
import { type Choice, meaningOf } from './choices.ts';

/** A choice of the item's kind that would do nothing, and why. */
export interface Impossible {
  readonly name: string;
  readonly why: string;
  readonly remedy: string;
}
export interface Offered {
  readonly choices: readonly Choice[];
  readonly impossible: readonly Impossible[];
}
type Configured = Pick<RenameContext, 'connections' | 'kinds'>;

/**
 * `kind`: of the person the item is about; null where nobody knows, then everything is offered. `holders`: whose the account is that
 * stands there, or is to be made there.
 */
export function offeredFor(item: ParkedRow, kind: string | null, config: Configured, holders: readonly number[] = []): Offered {
  const { choices } = meaningOf(item.kind);
  const impossible = choices.flatMap(({ name, effect }): Impossible[] => {
    const found =
      effect === 'adopt' ? notAdopted(item, kind, config, holders) : effect === 'rename' ? notRenamed(item, kind, config) : null;
    return found === null ? [] : [{ name, ...found }];
  });
  return { choices: choices.filter(({ name }) => !impossible.some((one) => one.name === name)), impossible };
}

/** Connections with the kinds that they read. */
interface Imports {
  readonly connections: readonly {
    readonly name: string;
    readonly imports: ReadonlyMap<string, { readonly from: string }>;
  }[];
}
type Why = Omit<Impossible, 'name'> | null;

/** Accounts are linked by import rules: where a target has none, nobody is linked to what stands there. */
export function notLinked(connection: string, from: string, { connections }: Imports): Why {
  const found = connections.find((one) => one.name === connection);
  if (found === undefined || [...found.imports.values()].some((rule) => rule.from === from)) return null;
  return {
    why: `${connection} has no import rule for ${from}, so nobody can be linked to what stands there already`,
    remedy: `Add one to rollcall.yaml, such as 'import: { ${from}: { join: ... } }' under ${connection}; 'rollcall run' then links by it.`,
  };
}

function notAdopted(item: ParkedRow, kind: string | null, config: Configured, holders: readonly number[]): Why {
  if (holders.length > 0)
    return {
      why: "the account there is somebody else's, or is to be",
      remedy: "'rename' gives this person another value; 'rollcall unlink' ends the other link, where that one is wrong.",
    };
  const rule = ruleOf(item, kind, config);
  return rule === undefined ? null : notLinked(item.connection!, rule.to, config);
}

function notRenamed(item: ParkedRow, kind: string | null, config: Configured): Why {
  const rule = ruleOf(item, kind, config);
  const rules = kind === null ? undefined : config.kinds.get(kind);
  if (rule === undefined || rules === undefined) return null;
  const { by = 'anchor' } = JSON.parse(item.detail) as { by?: string };
  const found = inTheWay(rule, rules, by);
  if (found.length === 1) return null;
  const what = by === 'anchor' || by === 'nameKey' ? `the name of the account in ${item.connection}` : by;
  return {
    why:
      found.length === 0
        ? `${what} is not made of an attribute with 'unique', so there is no other value to give`
        : `${what} is made of several unique attributes, ${found.join(' and ')}`,
    remedy:
      found.length === 0
        ? `Mend it in the source, remove the account that stands there, or fix what it is made of: rollcall fix '#${item.objectId}' ${rule.namedBy[0] ?? 'ATTRIBUTE'} VALUE`
        : `Fix the one that is meant: rollcall fix '#${item.objectId}' ${found[0]} VALUE`,
  };
}

function ruleOf({ connection }: ParkedRow, kind: string | null, { connections }: Configured) {
  return kind === null ? undefined : connections.find((one) => one.name === connection)?.exports.get(kind);
}

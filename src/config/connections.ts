/** The connections of a file: settings by their connectors, rules by rules/compile, and what shows when all are seen together. */
import type { ConnectorDefinition } from '#connectors/contract';
import type { Pace } from '#core/pace';
import { nearest } from '#core/text';
import { parseDuration } from '#core/time';
import type { Kind } from '#core/values';
import type { KindRules } from '#rules/model';
import { checkCompiled } from './checks/compiled.ts';
import { checkCapabilities, checkWritten } from './checks/written.ts';
import type { Collector } from './collect.ts';
import { loadFunctions } from './functions.ts';
import { deprovisionOf, gateLimits } from './gates.ts';
import { readHook } from './hook.ts';
import { withKeys } from './keys.ts';
import type { ConnectionConfig } from './model.ts';
import { openingsOf } from './openings.ts';
import type { Outline } from './outline.ts';
import { BY_PATH, withOwnConnectors } from './own-connectors.ts';
import { compileRules } from './rules.ts';
import type { Sources } from './secrets/references.ts';
import { readSettings } from './settings.ts';
import type { Written, WrittenConnection } from './written.ts';

export interface ReadConnections {
  readonly connections: readonly ConnectionConfig[];
  readonly kinds: ReadonlyMap<Kind, KindRules>;
}

/** Whatever is wrong is reported; the answer is complete only when nothing was. */
export async function readConnections(
  written: Written,
  outline: Outline,
  builtIn: ReadonlyMap<string, ConnectorDefinition>,
  sources: Sources,
  collect: Collector,
): Promise<ReadConnections> {
  const definitions = await withOwnConnectors(written, builtIn, sources, collect);
  checkWritten(written, outline, collect);
  const reached = new Map<string, Reached>();
  for (const [name, node] of Object.entries(written.connections ?? {})) {
    const definition = definitionOf(name, node, definitions, collect);
    if (definition === null) continue;
    const settings = await readSettings(node, ['connections', name], definition, sources, collect);
    checkCapabilities(['connections', name], node, definition, settings?.settings, collect);
    if (settings !== null) reached.set(name, { definition, settings });
  }
  const functions = await loadFunctions(written, sources, collect);
  const compiled = compileRules(withProtection(written, reached), outline, functions, collect);
  const connections: ConnectionConfig[] = [];
  for (const [name, { definition, settings }] of reached) {
    const node = written.connections![name]!;
    const rules = compiled.connections.get(name)!;
    connections.push({
      name,
      type: definition.type,
      rank: outline.connections.indexOf(name),
      definition,
      settings: settings.settings,
      mode: node.mode ?? null,
      owner: node.owner ?? false,
      imports: rules.imports,
      exports: withKeys(rules.exports, definition, settings.settings),
      deprovision: deprovisionOf(node.deprovision),
      gates: gateLimits([written.gates ?? {}, node.gates ?? {}]),
      protectedByConnector: new Set(protectedKinds(node, definition)),
      live: node.live ?? false,
      hook: await readHook(node.hook, ['connections', name, 'hook'], sources, collect),
      openings: openingsOf(node, written.zone ?? 'UTC'),
      pace: node.pace === undefined ? null : { ...NO_PACE, ...node.pace },
      leavers: node.leavers ?? 'now',
      fullReadEveryMs: parseDuration(node.fullReadEvery ?? '7d'),
      configHash: settings.configHash,
      rulesHash: rules.rulesHash,
    });
  }
  const parts = new Set([...reached].flatMap(([name, { definition }]) => (definition.belongsTo === undefined ? [] : [name])));
  checkCompiled(written, outline, compiled, parts, collect);
  return { connections, kinds: compiled.kinds };
}

const NO_PACE: Pace = { perSecond: null, perHour: null, perDay: null, atOnce: null };

interface Reached {
  readonly definition: ConnectorDefinition;
  readonly settings: NonNullable<Awaited<ReturnType<typeof readSettings>>>;
}

/** Where the file does not say who is protected, the connector may know (SEMANTICS 7). */
function withProtection(written: Written, reached: ReadonlyMap<string, Reached>): Written {
  const connections = Object.entries(written.connections ?? {}).map(([name, node]) => {
    const known = reached.get(name);
    const protect = node.protect ?? known?.definition.protects?.(known.settings.settings);
    return [name, protect === undefined ? node : { ...node, protect }] as const;
  });
  return { ...written, connections: Object.fromEntries(connections) };
}

function protectedKinds(node: WrittenConnection, definition: ConnectorDefinition): Kind[] {
  if (definition.protects === undefined || node.protect !== undefined) return [];
  return Object.entries(node.import ?? {}).flatMap(([kind, raw]) => (Object.hasOwn(raw as object, 'protect') ? [] : [kind]));
}

function definitionOf(
  name: string,
  node: WrittenConnection,
  definitions: ReadonlyMap<string, ConnectorDefinition>,
  collect: Collector,
): ConnectorDefinition | null {
  const definition = definitions.get(node.type);
  if (definition !== undefined) return definition;
  if (BY_PATH.test(node.type)) return null; // Its file has a fault, which is told.
  const names = [...definitions.keys()].filter((one) => !BY_PATH.test(one));
  const meant = /\.[cm]?[jt]s$/.test(node.type) ? `./${node.type}` : nearest(node.type, names);
  collect.fault(
    ['connections', name, 'type'],
    'value',
    'there is no connector of this type',
    meant === null ? `types: ${names.join(', ')}` : `did you mean ${meant}?`,
  );
  return null;
}

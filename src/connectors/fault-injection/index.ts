/**
 * Fault injection: makes every connector fail as systems and networks do, by rules or by chance. For the tests of connectors and of
 * what stands on them; the memory connector's `faults:` are the same rules. The guide is docs/guide/faults.md.
 *
 * rules.ts what can go wrong · script.ts when · outcomes.ts how it looks · read.ts, write.ts where it happens.
 */
import type { Connection, ConnectorDefinition } from '#connectors/contract';
import { pause } from '#core/fault-script';
import { call, type Injection } from './outcomes.ts';
import { faultyReader } from './read.ts';
import type { FaultRule } from './rules.ts';
import { checkedScript, type Script, scriptOf } from './script.ts';
import { faultyWriter } from './write.ts';

export { byChance, byRules, type Chance, type FaultScript, type ScriptRule } from '#core/fault-script';
export { rewritten } from './outcomes.ts';
export { type FaultAction, type FaultRule, faultRule, type Rewriting } from './rules.ts';
export { fits, type Operation, randomScript, type Script, scriptOf, usual } from './script.ts';

export interface Faults extends Pick<Injection, 'happened'> {
  /** Rules may be added to while it is in use. */
  readonly script: readonly FaultRule[] | Script;
  /** Passes the time of delays; in real time when left out. */
  readonly wait?: Injection['wait'];
}

/**
 * The connector, all of whose connections run into these faults.
 * @throws configuration for a rule that could never apply
 */
export function withFaults<Config>(definition: ConnectorDefinition<Config>, faults: Faults): ConnectorDefinition<Config> {
  // Each connection counts for itself; here the rules are only looked at.
  if (typeof faults.script !== 'function') scriptOf(faults.script);
  return {
    ...definition,
    open: (config, context) => faultyConnection(definition.open(config, context), context.connection, faults),
  };
}

/** `name`: of the system, for messages. Throws as `withFaults` does. */
export function faultyConnection(connection: Connection, name: string, faults: Faults): Connection {
  const script = typeof faults.script === 'function' ? checkedScript(faults.script) : scriptOf(faults.script);
  const injection: Injection = { name, script, happened: faults.happened, wait: faults.wait ?? pause };
  const { read, write, lookup, clock } = connection;
  return {
    ...connection,
    test: () => call(injection, { on: 'test' }, () => connection.test()),
    ...(read ? { read: faultyReader(injection, read) } : {}),
    ...(write ? { write: faultyWriter(injection, write) } : {}),
    ...(lookup
      ? {
          lookup: (by, kind) =>
            call(injection, { on: 'lookup', kind, ...('anchor' in by ? { anchor: by.anchor } : {}) }, () => lookup(by, kind)),
        }
      : {}),
    ...(clock ? { clock: { now: (signal) => faultyClock(injection, () => clock.now(signal)) } } : {}),
  };
}

async function faultyClock(injection: Injection, now: () => Promise<number>): Promise<number> {
  const operation = { on: 'clock' as const };
  const actions = injection.script(operation);
  const time = await call({ ...injection, script: () => actions }, operation, now);
  return actions.reduce((at, action) => {
    if (!('ahead' in action)) return at;
    injection.happened?.(action, operation);
    return at + action.ahead * 60_000;
  }, time);
}

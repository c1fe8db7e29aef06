/** Writing to a memory system: checks as a real one would; then what it does with it of its own accord. */
import type { Creates, RawValue, ReadObject, WriteItem, WriteResult, Writer } from '#connectors/contract';
import { type ErrorKind, toFault } from '#core/errors';
import { lengthOf } from '#core/length';
import { checkText } from '#core/text';
import { type FaultAction, rewritten } from '../fault-injection/index.ts';
import { newRow, type Row } from '../files/row.ts';
import type { MemoryConfig } from './config.ts';
import { fingerprintOf } from './read.ts';
import { ownActions } from './script.ts';
import { type MemorySystem, readObject } from './system.ts';

export interface MemoryWriter extends Writer {
  /** What was not committed is gone. */
  close(): void;
}

export function memoryWriter(ready: () => MemorySystem, config: MemoryConfig): MemoryWriter {
  const base = {
    creates: createsOf(config),
    batch: { items: 1000 },
    ...(config.answers === 'object' ? { answers: config.answers } : {}),
  };
  if (config.atomic) return atomicWriter(ready, config, base);
  return {
    ...base,
    async write(items) {
      const system = ready();
      const results = items.map((item) => perform(system, config, item));
      system.sync();
      return results;
    },
    close: () => undefined,
  };
}

/**
 * What is written is done to a copy, so the answers are what a commit will do; a process that dies before leaves nothing, and
 * the commit itself is one line of the journal.
 */
function atomicWriter(
  ready: () => MemorySystem,
  config: MemoryConfig,
  base: Pick<Writer, 'creates' | 'batch' | 'answers'>,
): MemoryWriter {
  let trial: ReturnType<MemorySystem['trial']> | undefined;
  return {
    ...base,
    async write(items) {
      trial ??= ready().trial();
      const { system } = trial;
      return items.map((item) => perform(system, config, item));
    },
    async commit() {
      const system = ready();
      const done = trial;
      trial = undefined;
      if (done !== undefined) {
        system.perform(done.deeds.filter((deed) => !('fired' in deed)));
        for (const key of ['created', 'updated', 'deleted'] as const) system.counts[key] += done.system.counts[key];
        system.sync();
      }
      return { fingerprint: fingerprintOf(system) };
    },
    close() {
      trial = undefined;
    },
  };
}

function createsOf({ creates, visibleWithinSeconds, lookupAttribute }: MemoryConfig): Creates {
  if (creates === 'callerKey') return { by: creates };
  return creates === 'idempotencyKey'
    ? { by: creates, visibleWithinSeconds }
    : { by: creates, visibleWithinSeconds, attribute: lookupAttribute! };
}

function perform(system: MemorySystem, config: MemoryConfig, item: WriteItem): WriteResult {
  const { operation, kind, anchor, name } = item;
  const actions = ownActions(system, config, { on: operation, kind, ...(anchor === null ? {} : { anchor }) });
  const wrong = check(config, item);
  if (wrong !== undefined) return wrong;
  const late = Math.max(0, ...actions.map((action) => ('late' in action ? action.late : 0)));
  if (operation === 'create') return create(system, config, item, actions, late);
  const before = anchor === null ? null : system.get(kind, anchor);
  if (before === null) return refused('notFound', `there is no ${kind} ${anchor}`, item);
  if (operation === 'delete') {
    system.remove(kind, before.anchor, late);
    system.counts.deleted++;
    return { ok: true, anchor: before.anchor };
  }
  if (name !== undefined && name !== before.name && isNameTaken(system, kind, name))
    return refused('conflict', `the name ${name} is taken`, item, 'name');
  const changed = Object.entries((config.compare && item.seen) || {}).find(
    ([attribute, value]) => !isSame(before.attributes[attribute], value),
  );
  if (changed !== undefined) {
    const [attribute] = changed;
    return { ...refused('conflict', `somebody changed ${attribute} meanwhile`, item, attribute), stale: true };
  }
  system.put(kind, before.anchor, attributesOf(item, before.attributes, actions), {
    ...(name === undefined ? {} : { name }),
    late,
  });
  system.counts.updated++;
  return answer(system, config, item, before.anchor, isHidden(actions));
}

function create(
  system: MemorySystem,
  config: MemoryConfig,
  item: WriteItem,
  actions: readonly FaultAction[],
  late: number,
): WriteResult {
  const { kind, attempt, name } = item;
  const known = config.creates === 'idempotencyKey' ? system.attempts.get(attempt) : undefined;
  if (known !== undefined) return answer(system, config, item, known, isHidden(actions));
  if (name !== undefined && isNameTaken(system, kind, name))
    return refused('conflict', `the name ${name} is taken`, item, 'name');
  const anchor = config.anchors === 'system' ? system.newAnchor() : (item.anchor ?? name);
  if (anchor === undefined || anchor === '') return refused('invalidValue', 'a new object needs an anchor', item);
  if (system.get(kind, anchor) !== null) return refused('conflict', `${kind} ${anchor} is there already`, item, 'anchor');
  const more = { ...(name === undefined ? {} : { name }), ...(config.creates === 'idempotencyKey' ? { attempt } : {}), late };
  system.put(kind, anchor, attributesOf(item, newRow(), actions), more);
  system.counts.created++;
  return answer(system, config, item, anchor, isHidden(actions));
}

/** Says what is stored, unless the answer does not show it: such a system answers from what it shows. */
function answer(system: MemorySystem, config: MemoryConfig, item: WriteItem, anchor: string, hidden: boolean): WriteResult {
  const stored = system.get(item.kind, anchor)!;
  const object: { object?: ReadObject } = hidden || config.answers === 'anchor' ? {} : { object: readObject(stored) };
  return { ok: true, anchor, ...(stored.name === undefined ? {} : { name: stored.name }), ...object };
}

function isHidden(actions: readonly FaultAction[]): boolean {
  return actions.some((action) => 'late' in action && action.late > 0 && action.answered !== true);
}

function isNameTaken(system: MemorySystem, kind: string, name: string): boolean {
  return system.objects(kind).some((object) => object.name === name);
}

function attributesOf(item: WriteItem, before: Row, actions: readonly FaultAction[]): Row {
  const after = newRow();
  for (const [name, value] of Object.entries(before)) after[name] = value;
  for (const [name, value] of Object.entries(item.set)) {
    if (value === null || (Array.isArray(value) && value.length === 0)) delete after[name];
    else after[name] = value;
  }
  for (const [name, values] of Object.entries(item.add ?? {})) after[name] = [...new Set([...listOf(after[name]), ...values])];
  for (const [name, values] of Object.entries(item.remove ?? {}))
    after[name] = listOf(after[name]).filter((value) => !values.includes(value as string));
  for (const action of actions) {
    if (!('rewrite' in action)) continue;
    for (const [name, how] of Object.entries(action.rewrite))
      if (after[name] !== undefined) after[name] = rewritten(after[name], how);
  }
  return after;
}

/** Lists are sets; one value is a list of one. */
function isSame(now: RawValue | undefined, seen: RawValue): boolean {
  const [there, before] = [new Set(listOf(now)), new Set(listOf(seen))];
  return there.size === before.size && there.isSubsetOf(before);
}

function listOf(
  value: RawValue | undefined,
): readonly (string | number | boolean | Uint8Array | { readonly blob: string; readonly size: number })[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as string];
}

/** What a system with a schema does not take. */
function check(config: MemoryConfig, item: WriteItem): WriteResult | undefined {
  const kinds = config.schema;
  if (kinds !== undefined && !Object.hasOwn(kinds, item.kind))
    return refused('invalidValue', `there is no kind ${item.kind}`, item);
  for (const part of [item.set, item.add ?? {}, item.remove ?? {}]) {
    for (const [attribute, value] of Object.entries(part)) {
      for (const each of listOf(value)) {
        try {
          if (typeof each === 'string') checkText(each);
        } catch (error) {
          return { ok: false, fault: toFault(error, { ...at(item), attribute }) };
        }
      }
      if (kinds === undefined) continue;
      const type = Object.hasOwn(kinds[item.kind]!, attribute) ? kinds[item.kind]![attribute]! : undefined;
      if (type === undefined) return refused('invalidValue', `there is no attribute ${attribute}`, item, attribute);
      if (type.readOnly === true) return refused('permission', `${attribute} may not be written`, item, attribute);
      if (!type.multi && Array.isArray(value) && value.length > 1)
        return refused('invalidValue', `${attribute} holds one value`, item, attribute);
      const max = type.maxLength ?? Number.POSITIVE_INFINITY;
      if (listOf(value).some((each) => lengthOf(each, max) > max))
        return refused('invalidValue', `${attribute} is longer than ${max}`, item, attribute);
    }
  }
  return undefined;
}

function at({ anchor }: WriteItem): { object?: string } {
  return anchor === null ? {} : { object: anchor };
}

function refused(kind: ErrorKind, message: string, item: WriteItem, attribute?: string): Extract<WriteResult, { ok: false }> {
  return { ok: false, fault: { kind, message, where: { ...at(item), ...(attribute === undefined ? {} : { attribute }) } } };
}

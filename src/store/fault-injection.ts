/**
 * Fault injection: makes every store fail as disks, servers and processes do, by rules or by chance. For the tests of a store
 * and of what stands on it. The guide is docs/guide/faults.md.
 */
import { z } from 'zod';
import { type RollcallError, StoreUnavailable, Superseded } from '#core/errors';
import { checkAction, checkRule, eachRuleOnce, type Forms } from '#core/fault-check';
import { byChance, byRules, type Chance, type FaultScript, pause, type ScriptRule } from '#core/fault-script';
import type { SeveralOperations, Store } from './contract.ts';
import { storeError } from './tables/faults.ts';

const GROUPS = [
  'runs',
  'spaces',
  'sync',
  'exports',
  'decisions',
  'people',
  'pushed',
  'agreed',
  'blobs',
  'access',
  'claims',
  'audit',
  'quotas',
  'queues',
] as const;
type Group = (typeof GROUPS)[number];

/** `sync.commit`, `exports.take` …; `several.hand` … where several processes work on the store. */
export type StoreOperation =
  | { [G in Group]: `${G}.${keyof Store[G] & string}` }[Group]
  | `several.${Exclude<keyof SeveralOperations, 'wanted' | 'onNews'>}`;

export type StoreFault =
  /** Nothing is done, and the store says why. `superseded`: another process writes it by now. */
  | { readonly refuse: 'busy' | 'full' | 'damaged' | 'superseded' }
  /** No answer, before or after doing it. `lost`: as when the server goes away; `silent`: there never is one; `kill`: as by `kill -9`. */
  | { readonly die: 'before' | 'after'; readonly how: 'lost' | 'silent' | 'kill' }
  /** So many ms pass before it is done, or between that and the answer. */
  | { readonly delay: number; readonly when?: 'before' | 'after' };

const MOMENT = z.enum(['before', 'after']);
const COUNT = z.number().int().nonnegative();
const FORMS = {
  refuse: z.strictObject({ refuse: z.enum(['busy', 'full', 'damaged', 'superseded']) }),
  die: z.strictObject({ die: MOMENT, how: z.enum(['lost', 'silent', 'kill']) }),
  delay: z.strictObject({ delay: COUNT, when: MOMENT.optional() }),
} as const satisfies Forms;

export interface StoreFaultRule extends ScriptRule<StoreFault> {
  readonly on: StoreOperation;
}

/** `operations`: the only ones that it ever answers something for, where that is known. */
export type StoreScript = FaultScript<StoreOperation, StoreFault> & { readonly operations?: ReadonlySet<StoreOperation> };

export interface StoreFaults {
  /** Rules may be added to while it is in use. */
  readonly script: readonly StoreFaultRule[] | StoreScript;
  /** Told of each fault at the moment it takes effect. */
  readonly happened?: (fault: StoreFault, operation: StoreOperation) => void;
  /** Passes the time of delays; in real time when left out. */
  readonly wait?: (ms: number) => Promise<void>;
}

const USUAL: readonly StoreFault[] = [
  { refuse: 'busy' },
  { refuse: 'full' },
  { refuse: 'superseded' },
  { die: 'before', how: 'lost' },
  { die: 'after', how: 'lost' },
];

/** Faults by chance, in these operations; in all of them when none are named. */
export function randomStoreScript(chance: Chance, operations?: ReadonlySet<StoreOperation>): StoreScript {
  const script = byChance(chance, (): readonly StoreFault[] => USUAL);
  const within: StoreScript = (operation) => (operations?.has(operation) === false ? [] : script(operation));
  return operations === undefined ? within : Object.assign(within, { operations });
}

/**
 * The store, whose operations run into these faults; its sandbox and what only looks at it as a whole do not.
 * @throws configuration for a rule that could never apply: no such operation of this store, no such fault. For one added later,
 * when it is first asked.
 */
export function withStoreFaults(store: Store, { script, happened, wait = pause }: StoreFaults): Store {
  const ask = checked(script, operationsOf(store));

  async function meet(faults: readonly StoreFault[], operation: StoreOperation, moment: 'before' | 'after'): Promise<void> {
    for (const fault of faults) {
      if (momentOf(fault) !== moment) continue;
      happened?.(fault, operation);
      if ('delay' in fault) await wait(fault.delay);
      else if ('refuse' in fault) throw refusal(fault.refuse);
      else await die(fault.how);
    }
  }

  function faulty<Operations extends object>(group: Group | 'several', operations: Operations): Operations {
    const out: { [name: string]: unknown } = {};
    for (const [name, work] of Object.entries(operations)) {
      const operation = `${group}.${name}` as StoreOperation;
      out[name] = async (...input: unknown[]) => {
        const faults = ask(operation);
        await meet(faults, operation, 'before');
        const result: unknown = await (work as (...input: unknown[]) => Promise<unknown>)(...input);
        await meet(faults, operation, 'after');
        return result;
      };
    }
    return out as unknown as Operations;
  }

  function faultySeveral(several: SeveralOperations): SeveralOperations {
    return {
      ...faulty('several', several),
      get wanted() {
        return several.wanted;
      },
      onNews: (listener) => several.onNews(listener),
    };
  }

  const groups = Object.fromEntries(GROUPS.map((group) => [group, faulty(group, store[group])])) as unknown as Pick<Store, Group>;
  return { ...store, ...groups, several: store.several && faultySeveral(store.several) };
}

/** What is heard is no operation. */
const HEARD: readonly string[] = ['wanted', 'onNews'];

function operationsOf(store: Store): string[] {
  const several = Object.keys(store.several ?? {}).filter((name) => !HEARD.includes(name));
  return [
    ...GROUPS.flatMap((group) => Object.keys(store[group]).map((name) => `${group}.${name}`)),
    ...several.map((name) => `several.${name}`),
  ];
}

function checked(script: StoreFaults['script'], operations: readonly string[]): StoreScript {
  const form = z.strictObject({
    on: z.enum(operations),
    after: COUNT.optional(),
    times: z.number().int().positive().optional(),
    do: z.union([FORMS.refuse, FORMS.die, FORMS.delay]),
  });
  const check = (rule: unknown, place: number): void => checkRule(rule, place, form, FORMS);
  if (typeof script !== 'function') {
    const checkNew = eachRuleOnce(script, check);
    const ask: StoreScript = byRules(script, (rule, operation: StoreOperation) => rule.on === operation);
    return (operation) => {
      checkNew();
      return ask(operation);
    };
  }
  [...(script.operations ?? [])].forEach((on, place) => {
    check({ on, do: { refuse: 'busy' } }, place);
  });
  return (operation) => {
    const faults = script(operation);
    for (const fault of faults) checkAction(fault, `what the script of faults answers to ${operation}`, FORMS);
    return faults;
  };
}

function momentOf(fault: StoreFault): 'before' | 'after' {
  if ('refuse' in fault) return 'before';
  return 'die' in fault ? fault.die : (fault.when ?? 'before');
}

/** SQLite's own codes, so that what is said is what a real one says. */
const CODES = { busy: 5, damaged: 11, full: 13 } as const;

function refusal(why: Extract<StoreFault, { refuse: unknown }>['refuse']): RollcallError {
  if (why === 'superseded')
    return new Superseded('another process writes this store now', { remedy: 'start again where the other one ended' });
  return storeError(Object.assign(new Error('as its script of faults says'), { errcode: CODES[why] }));
}

/** Where nobody is told, it does not return. */
async function die(how: Extract<StoreFault, { die: unknown }>['how']): Promise<never> {
  if (how === 'kill') process.kill(process.pid, 'SIGKILL');
  if (how !== 'lost') await new Promise<never>(() => undefined);
  throw new StoreUnavailable('the connection to the store was lost', { remedy: 'change the script of faults' });
}

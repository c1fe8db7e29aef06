/**
 * Fault injection: makes every store fail as disks, servers and processes do, by rules or by chance. For the tests of a store
 * and of what stands on it. The guide is docs/guide/faults.md.
 */
import { RollcallError, Superseded } from '#core/errors';
import { byChance, byRules, type Chance, type FaultScript, pause, type ScriptRule } from '#core/fault-script';
import type { SeveralOperations, Store } from './contract.ts';
import { storeError } from './tables/faults.ts';

const GROUPS = ['runs', 'spaces', 'sync', 'exports', 'decisions', 'people', 'blobs'] as const;
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

export interface StoreFaultRule extends ScriptRule<StoreFault> {
  readonly on: StoreOperation;
}

export type StoreScript = FaultScript<StoreOperation, StoreFault>;

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
  return (operation) => (operations?.has(operation) === false ? [] : script(operation));
}

/** The store, whose operations run into these faults; its sandbox and what only looks at it as a whole do not. */
export function withStoreFaults(store: Store, { script, happened, wait = pause }: StoreFaults): Store {
  const ask: StoreScript =
    typeof script === 'function' ? script : byRules(script, (rule, operation: StoreOperation) => rule.on === operation);

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
      // What is heard is no operation.
      get wanted() {
        return several.wanted;
      },
      onNews: (listener) => several.onNews(listener),
    };
  }

  const groups = Object.fromEntries(GROUPS.map((group) => [group, faulty(group, store[group])])) as unknown as Pick<Store, Group>;
  return { ...store, ...groups, several: store.several && faultySeveral(store.several) };
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
  throw new RollcallError('unavailable', 'the connection to the store was lost', { remedy: 'change the script of faults' });
}

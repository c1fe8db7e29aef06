/** What can go wrong with a connection, as data: in code, and as `faults:` of a memory connection. */
import { z } from 'zod';
import { ERROR_KINDS, type ErrorKind } from '#core/errors';
import type { Forms } from '#core/fault-check';
import type { ScriptRule } from '#core/fault-script';

const WRITES = ['create', 'update', 'delete'] as const;
/** `cursor`: the one that is taken before a full read. */
const CALLS = ['read', 'cursor', 'lookup', 'clock', 'test', 'commit'] as const;

/** One thing that goes wrong. All rules that fit an operation and are not used up apply; of refusals and deaths the first. */
export interface FaultRule extends ScriptRule<FaultAction> {
  /** `write` = create, update and delete. */
  readonly on: (typeof CALLS)[number] | (typeof WRITES)[number] | 'write';
  readonly kind?: string | undefined;
  readonly anchor?: string | undefined;
}

/** Objects and pages are counted from 1, in each read anew. */
export type FaultAction =
  /** The system stores something else than it was told, and says nothing of it. */
  | { readonly rewrite: { readonly [attribute: string]: Rewriting } }
  /** Nothing is done. With `retryAfterMs` that is a rate limit. */
  | {
      readonly refuse: ErrorKind;
      readonly message?: string | undefined;
      readonly retryAfterMs?: number | undefined;
      /** The one that is to blame. */
      readonly attribute?: string | undefined;
    }
  /**
   * No answer, before or after doing it. Of writes, `unknown`, which is meant when left out: the item's outcome is unknown; `rest`: so
   * are all later ones of the batch, which are not done; `cut`: the list of answers ends before it, and nothing later is done. Of all, `throw`: the call
   * fails; `unavailable`: it fails and claims, against the contract, that nothing was done; `silent`: there never is an answer;
   * `kill`: the process dies as by `kill -9`.
   */
  | {
      readonly die: 'before' | 'after';
      readonly how?: 'unknown' | 'rest' | 'cut' | 'throw' | 'unavailable' | 'silent' | 'kill' | undefined;
    }
  /** So many ms pass before it is done, or between that and the answer. */
  | { readonly delay: number; readonly when?: 'before' | 'after' | undefined }
  /** Done, and visible from the so-manieth read or lookup on; `answered`: its answer shows it at once. Of memory systems only. */
  | { readonly late: number; readonly answered?: true | undefined }
  /** Full reads: ends after so many objects and says that it is not complete. */
  | { readonly limit: number }
  /** Reads: just stops after so many objects, without an end. */
  | { readonly cutAfter: number }
  /** Reads: fails after so many objects. */
  | { readonly breakAfter: number }
  /** Reads: fails after so many pages. */
  | { readonly breakAfterPage: number }
  /** Reads: this page comes twice. */
  | { readonly repeatPage: number }
  /** Full reads: these attributes are gone, from the objects and from the list of attributes. */
  | { readonly hide: readonly string[] }
  /** Full reads: so many values of the attribute are shown, and it is said that there may be more. */
  | { readonly cutList: { readonly attribute: string; readonly keep: number } }
  /** The clock goes so many minutes before the time; behind it where negative. */
  | { readonly ahead: number };

export type Rewriting = 'upper' | 'lower' | 'trim' | { readonly cut: number };

const name = z.string().min(1).max(1024);
const count = z.number().int().nonnegative();

const ACTIONS = {
  rewrite: z.strictObject({
    rewrite: z.record(name, z.union([z.enum(['upper', 'lower', 'trim']), z.strictObject({ cut: count })])),
  }),
  refuse: z.strictObject({
    refuse: z.enum(ERROR_KINDS),
    message: z.string().optional(),
    retryAfterMs: count.optional(),
    attribute: name.optional(),
  }),
  die: z.strictObject({
    die: z.enum(['before', 'after']),
    how: z.enum(['unknown', 'rest', 'cut', 'throw', 'unavailable', 'silent', 'kill']).default('unknown'),
  }),
  delay: z.strictObject({ delay: count, when: z.enum(['before', 'after']).optional() }),
  late: z.strictObject({ late: count, answered: z.literal(true).optional() }),
  limit: z.strictObject({ limit: count }),
  cutAfter: z.strictObject({ cutAfter: count }),
  breakAfter: z.strictObject({ breakAfter: count }),
  breakAfterPage: z.strictObject({ breakAfterPage: count }),
  repeatPage: z.strictObject({ repeatPage: z.number().int().positive() }),
  hide: z.strictObject({ hide: z.array(name).min(1) }),
  cutList: z.strictObject({ cutList: z.strictObject({ attribute: name, keep: count }) }),
  ahead: z.strictObject({ ahead: z.number().int() }),
} as const;

/** What any connection can be made to do; `late` is done by memory systems themselves. */
const { late: _, ...around } = ACTIONS;
export const FORMS: Forms = around;

const READS_ONLY = ['read'] as const;
/** Actions that nothing comes of elsewhere. */
const ONLY_ON: { readonly [action: string]: readonly FaultRule['on'][] } = {
  rewrite: ['create', 'update', 'write'],
  late: [...WRITES, 'write'],
  limit: READS_ONLY,
  cutAfter: READS_ONLY,
  breakAfter: READS_ONLY,
  breakAfterPage: READS_ONLY,
  repeatPage: READS_ONLY,
  hide: READS_ONLY,
  cutList: READS_ONLY,
  ahead: ['clock'],
};
/** Operations that are about one object. */
const OF_OBJECTS: readonly FaultRule['on'][] = [...WRITES, 'write', 'lookup'];

export const faultRule: z.ZodType<FaultRule> = z
  .strictObject({
    on: z.enum([...CALLS, ...WRITES, 'write']),
    kind: name.optional(),
    anchor: name.optional(),
    after: count.default(0),
    times: z.number().int().positive().optional(),
    do: z.union([
      ACTIONS.rewrite,
      ACTIONS.refuse,
      ACTIONS.die,
      ACTIONS.delay,
      ACTIONS.late,
      ACTIONS.limit,
      ACTIONS.cutAfter,
      ACTIONS.breakAfter,
      ACTIONS.breakAfterPage,
      ACTIONS.repeatPage,
      ACTIONS.hide,
      ACTIONS.cutList,
      ACTIONS.ahead,
    ]),
  })
  .superRefine((rule, context) => {
    const never = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const action = Object.keys(rule.do)[0]!;
    const on = ONLY_ON[action];
    if (on !== undefined && !on.includes(rule.on)) never('do', `${action} happens on ${on.join(', ')}, never on ${rule.on}`);
    if (OF_OBJECTS.includes(rule.on)) return;
    for (const key of ['kind', 'anchor'] as const)
      if (rule[key] !== undefined) never(key, `a ${rule.on} is of no one object, so this would never fit`);
  });

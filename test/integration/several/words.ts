/** What a test and its processes say to each other. */
import type { Fault } from '#core/errors';
import type { KeptEvent, PushRequest, run } from '#runs/index';
import type { Holder, RunReport } from '#runs/model';

export type RunRequest = Partial<Parameters<typeof run>[0]>;

/** What a sync worked out is to be committed. Of an export: the attempt is stored and nothing is sent; it is past its last look at the clock; all is answered and nothing noted. Of a schedule: it is taken and nothing begun. */
export type Moment = 'committing' | 'sending' | 'within' | 'answered' | 'claimed';

export type Command =
  | { readonly do: 'run'; readonly request: RunRequest; readonly stop: Moment | null }
  | { readonly do: 'push'; readonly request: PushRequest }
  | { readonly do: 'edit'; readonly anchor: string; readonly attribute: string; readonly value: string }
  /** Its schedules, until it is interrupted. */
  | { readonly do: 'keep'; readonly stop: Moment | null }
  | { readonly do: 'interrupt' }
  | { readonly do: 'end' };

export type Answer = {
  readonly report?: RunReport;
  readonly events?: readonly KeptEvent[];
  readonly status?: string;
  readonly faults?: readonly Fault[];
};

export type ToWorker =
  | { readonly to: number; readonly command: Command }
  | { readonly answers: number; readonly result: unknown }
  | { readonly answers: number; readonly fault: Fault };

export type FromWorker =
  | { readonly open: true }
  | { readonly done: number; readonly answer: Answer }
  | { readonly done: number; readonly fault: Fault }
  | { readonly waits: Holder }
  /** The run of a push. */
  | { readonly staged: number }
  /** Asks a system for something. */
  | { readonly asks: number; readonly connection: string; readonly what: Asked; readonly args: readonly unknown[] };

export type Asked = 'read' | 'cursor' | 'write' | 'commit' | 'lookup';

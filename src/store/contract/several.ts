/**
 * Several processes on one store (docs/decisions/0012): each takes the tenure for the length of its work, and hands what cannot
 * wait to whoever has it.
 */

/** The process that has the tenure, for whoever waits for it. */
export interface Holder {
  readonly program: string;
  readonly host: string;
  readonly pid: number;
  /** By the server's clock, ms. */
  readonly since: number;
  /** It said nothing for its lease, and has been put out: whoever waited is next. */
  readonly putOut: boolean;
}

/** What a process asked for that could not take the tenure: its text is only for `runs`, which writes and reads it. */
export interface Handed {
  readonly id: string;
  readonly request: string;
  /** What it was answered when it was taken, and what came of it; null = not yet. */
  readonly taken: string | null;
  readonly settled: string | null;
}

/**
 * Something was handed over, noted of what was, wanted, or given up. Of this process alone: `missed`, it is not known what was told
 * meanwhile; `out`, others have put it out, and what it does with the tenure it had is refused.
 */
export type News = 'handed' | 'noted' | 'wanted' | 'left' | 'missed' | 'out';

export interface SeveralOperations {
  /**
   * Takes the tenure, and the next epoch with it, after those who asked before. `waits` is called with who has it, when that changes.
   * Errors: Interrupted when the signal comes first.
   */
  take(how: {
    readonly at: number;
    readonly signal: AbortSignal | undefined;
    readonly waits: (holder: Holder) => void;
  }): Promise<void>;
  /** The same where nobody has it, or whoever has it said nothing for longer than its lease. */
  tryTake(how: { readonly at: number }): Promise<boolean>;
  leave(): Promise<void>;
  /** Another process waits in `take` for what this one has. */
  readonly wanted: boolean;
  /** Durable once it is fulfilled. Answers the id. */
  hand(request: string): Promise<string>;
  /** In the order in which they were handed over: all that is not settled; or these, without those that are not there any more. */
  handed(ids?: readonly string[]): Promise<readonly Handed[]>;
  note(id: string, what: Partial<Pick<Handed, 'taken' | 'settled'>>): Promise<void>;
  /** Those that are settled, and whoever asked for them knows it. What has been settled for a day goes too. */
  forget(ids: readonly string[]): Promise<void>;
  /** Answers how to end it. */
  onNews(listener: (news: News) => void): () => void;
}

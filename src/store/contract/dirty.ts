/** Whom a sync is to look at. */

export type DirtySubject = 'staged' | 'object' | 'edge';
export interface DirtyRange {
  readonly subject: DirtySubject;
  readonly from: number;
  readonly to: number;
  readonly cause: string;
  /** For edges: attribute and key, as `attribute\u001fkey`. */
  readonly detail?: string;
}

/** The dirty rows that one operation wrote: those with a seq after `after`, up to `upTo`. Nobody else's are among them. */
export interface SeqRange {
  readonly after: number;
  readonly upTo: number;
}

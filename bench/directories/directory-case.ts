/** What a case of the suite `directories` is: servers and files made by the parent, the work done in a process of its own. */
import type { Bench, Goal, Measured } from '../case.ts';

/** What a program needs to reach a server and sign in there. */
export interface SignIn {
  readonly url: string;
  /** The file with the authority to trust. */
  readonly ca: string;
  readonly dn: string;
  readonly password: string;
}

/** What the process of a case is told; it may hold passwords, so never as an argument. */
export interface Place {
  readonly folder: string;
  readonly people: number;
  /** The servers that `prepare` made, for `run`. */
  readonly more: { readonly [server: string]: SignIn };
  /** Whether this is the process for `first`. */
  readonly isFirst: boolean;
}

export interface Prepared {
  readonly more: Place['more'];
  /** Seconds of what it is held against, measured just before; null where there is nothing. */
  limit(): Promise<number | null>;
  remove(): Promise<void>;
}

export interface DirectoryCase {
  readonly name: string;
  /** Entries, where nothing else is asked for: what the goals are for. */
  readonly size: number;
  /** Its seconds are also measured with so many, and compared. */
  readonly besides?: number;
  readonly goals: readonly Goal[];
  /** Servers, and rollcall.yaml in `folder`. */
  prepare(folder: string, people: number): Promise<Prepared>;
  /** What is to be done before, in a process of its own: neither its time nor its memory is the case's. */
  first?(bench: DirectoryBench): Promise<void>;
  run(bench: DirectoryBench): Promise<Measured>;
}

export interface DirectoryBench extends Pick<Bench, 'services'> {
  readonly place: Place;
}

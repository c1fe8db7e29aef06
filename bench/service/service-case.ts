/** What a case of the suite `service` is: a folder with its store, the server a process on it, the clients in this one. */

import type { Goal, Measured } from '../case.ts';
import type { DataRequest } from '../data.ts';
import type { Client } from './client.ts';
import type { Server } from './server.ts';
import type { Tokens } from './tokens.ts';

export interface ServiceCase {
  readonly name: string;
  /** The store holds a few people, as one that has been in use, or everybody. */
  readonly start: 'few' | 'everybody';
  /** More people than this are not asked for; its goals are for so many then. */
  readonly most?: number;
  readonly goals: readonly Goal[];
  run(bench: ServiceBench): Promise<Measured>;
}

export interface ServiceBench {
  /** Of this case's copy. */
  readonly data: DataRequest;
  /** How many people are asked for, whatever the store holds at first. */
  readonly people: number;
  /** Starts the server; ended after the case. */
  serve(): Promise<Server>;
  /** Who has the identity provider's token, or that of a program that reads, or has runs made. */
  client(whose?: keyof Tokens, inFlight?: number): Promise<Client>;
  /** Single rows that can be committed durably one after the other in the folder, a second. */
  durableCommits(): Promise<number>;
}

/** In a store of a few: those whom the cases themselves push come behind them. */
export const FEW = 100;

/** How many requests make a figure: enough for a 99th percentile, few enough for a minute. */
export const requestsOf = (people: number): number => Math.min(20_000, Math.max(1_000, people));

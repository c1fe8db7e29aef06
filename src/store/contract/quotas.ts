/** How much was sent to targets that take only so much in a time, by the hour. */
import type { Epoch } from './ids.ts';

export interface QuotaOperations {
  /** Hours since 1970 with what was sent in them, from that hour on. */
  spent(connection: string, since: number): Promise<readonly { readonly hour: number; readonly items: number }[]>;
  /**
   * Takes as much of `want` as every limit has room for, `most` since its hour, and counts it in the hour of `at`, ms; answers how much. Less
   * than none gives back what was not sent. Durable before it is answered, so that it counts over restarts.
   */
  spend(request: {
    readonly connection: string;
    readonly epoch: Epoch;
    readonly at: number;
    readonly want: number;
    readonly limits: readonly { readonly since: number; readonly most: number }[];
  }): Promise<number>;
}

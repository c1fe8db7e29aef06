/** One kind of server, as the process that keeps it sees it (keeper.ts). */

export interface Kept {
  /** What whoever wants the server has to know: addresses, passwords. */
  readonly told: object;
  /** By name. What one answers, if it is an object, is told anew. */
  readonly commands: { readonly [name: string]: (given: unknown) => unknown };
}

export interface Here {
  /** Of this server alone, removed after the end. */
  readonly folder: string;
  /** It may not wait: nothing of the server is worth a clean end. */
  atEnd(run: () => void): void;
}

/** Makes the server and starts it. @throws what it said. */
export type Keep<Options> = (here: Here, options: Options) => Promise<Kept>;

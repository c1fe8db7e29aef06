/** What somebody may be told of. Texts hold names of the file, numbers and closed lists: never a name or a value of anybody. */
import type { Receiver, TroubleKind } from '#config/notify';

export interface Trouble {
  /** The same trouble has the same key. */
  readonly key: string;
  readonly kind: TroubleKind;
  /** Null: of all of them. */
  readonly connection: string | null;
  readonly text: string;
  /** The command that shows more. */
  readonly command: string;
  /** The same of the HTTP API, below its address. */
  readonly path: string | null;
  /** False: it happened, and is over with that. */
  readonly lasts: boolean;
}

/** What became known at once. */
export interface Evidence {
  readonly on: readonly Trouble[];
  /** Whether one that stands is over. */
  readonly over: (trouble: Trouble) => boolean;
}

export function concerns({ events, connections }: Receiver, { kind, connection }: Trouble): boolean {
  return events.has(kind) && (connection === null || connections === null || connections.has(connection));
}

/** How far a full read came that was broken off. */
import type { EngineConnection, EngineContext } from '../context.ts';
import type { Emptied } from './emptied.ts';
import type { Baseline } from './health.ts';

export interface Checkpoint {
  /** What was read with other settings is not gone on with. */
  readonly settings: string;
  readonly mark: number;
  readonly next: string | null;
  readonly resume: string;
  /** Of the part that was read: what it showed, and how many objects could not be staged. */
  readonly tally: Baseline;
  readonly refused: number;
  readonly emptied: readonly Emptied[];
}

/** Null where there is none to go on with. */
export async function interruptedRead(
  { store: { spaces }, epoch }: EngineContext,
  { name, configHash }: EngineConnection,
): ReturnType<typeof spaces.loadBitmap> {
  const interrupted = await spaces.loadBitmap(name);
  if (interrupted === null || (JSON.parse(interrupted.checkpoint) as Checkpoint).settings === configHash) return interrupted;
  await spaces.clearBitmap(name, epoch);
  return null;
}

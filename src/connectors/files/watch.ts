/**
 * Hearing of a file: its folder is watched, for files are replaced by others; and both are looked at every two seconds, since not every
 * file system tells of changes, network shares least, and a folder may come, go and be replaced. What rings is that the file is another
 * one than at the last ring, never what was told: thousands of events are one look.
 */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type Bell, createBell } from '#core/bell';

export interface Hearing {
  /**
   * A log, of which half a record is not read: it rings within a second while it grows. Any other file is as its maker means it to be
   * when that pauses, and never before.
   */
  readonly grows: boolean;
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 2_000;
/** Nobody who writes pauses for so long, mostly; who does is doubted by the reader where what is there looks cut. */
const PAUSE_MS = 250;
const LOG_PAUSE_MS = 50;
const LATEST_MS = 1_000;

/** Whatever is there, also nothing: a file that goes away does not ring, one that comes back does. Never throws. */
export async function* watchFile(path: string, hearing: Hearing, signal: AbortSignal): AsyncGenerator<void> {
  if (signal.aborted) return;
  const bell = createBell();
  const close = listen(path, hearing, bell);
  try {
    yield* bell.heard(signal);
  } finally {
    close();
  }
}

function listen(path: string, { grows, lookEveryMs = LOOK_EVERY_MS }: Hearing, bell: Bell): () => void {
  const pauseMs = grows ? LOG_PAUSE_MS : PAUSE_MS;
  const folder = dirname(path);
  const name = basename(path);
  let ended = false;
  let watcher: FSWatcher | null = null;
  /** Which folder is watched. */
  let watched: string | null = null;
  /** The file as it was at the last ring, and when it was last looked at. */
  let rung: string | null = null;
  let seen: string | null = null;
  /** When it was first seen to be another one than at the last ring, in ms. */
  let changed: number | null = null;
  let looks = false;
  let told = false;
  let next: NodeJS.Timeout | undefined;
  let inTime: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    next = undefined;
    looks = true;
    told = false;
    const now = await stateOf(path);
    looks = false;
    if (ended) return;
    const still = now === seen;
    seen = now;
    if (now === null || now === rung) {
      rung = now;
      changed = null;
    } else {
      changed ??= performance.now();
      if (still || (grows && performance.now() - changed >= LATEST_MS)) {
        rung = now;
        changed = null;
        bell.ring();
      }
    }
    if (changed !== null || told) next = setTimeout(() => void look(), pauseMs);
  };
  const hear = (): void => {
    if (looks) told = true;
    else if (next === undefined) void look();
  };
  const deafen = (): void => {
    watcher?.close();
    watcher = null;
    watched = null;
  };
  const watchFolder = async (): Promise<void> => {
    const there = await placeOf(folder);
    if (ended || there === watched) return;
    deafen();
    if (there === null) return;
    try {
      watcher = watch(folder, (_, which) => {
        if (which === null || which === name) hear();
      });
      watcher.on('error', deafen);
      watched = there;
    } catch {
      // No file system, or no system, that tells any more: it is looked at.
    }
  };
  const lookInTime = async (): Promise<void> => {
    await watchFolder();
    if (ended) return;
    hear();
    inTime = setTimeout(() => void lookInTime(), lookEveryMs);
  };
  const begin = async (): Promise<void> => {
    await watchFolder();
    rung = await stateOf(path);
    seen = rung;
    if (ended) return;
    bell.ring();
    inTime = setTimeout(() => void lookInTime(), lookEveryMs);
  };
  void begin();

  return () => {
    ended = true;
    clearTimeout(next);
    clearTimeout(inTime);
    deafen();
  };
}

/** Another text where it was replaced, written to or given other rights; null where it is not there, or cannot be asked for. */
async function stateOf(path: string): Promise<string | null> {
  const now = await stat(path, { bigint: true }).catch(() => null);
  return now && [now.dev, now.ino, now.size, now.mtimeNs, now.ctimeNs].join(' ');
}

async function placeOf(folder: string): Promise<string | null> {
  const now = await stat(folder, { bigint: true }).catch(() => null);
  return now && `${now.dev} ${now.ino}`;
}

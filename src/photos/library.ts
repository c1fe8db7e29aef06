/** The library that reads and writes images; optional, since most that run Rollcall move no photos. */
import type sharp from 'sharp';
import { RollcallError } from '#core/errors';

type Library = typeof sharp;

let loaded: Promise<Library> | null = null;

/** Errors: configuration when it is not there. */
export function library(): Promise<Library> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Library> {
  try {
    const { default: found } = await import('sharp');
    // Several photos are made at a time, each by one thread, and none of them twice.
    found.concurrency(1);
    found.cache(false);
    return found;
  } catch (cause) {
    loaded = null;
    throw new RollcallError('configuration', 'photos are made with the package sharp, which cannot be loaded here', {
      cause,
      remedy: 'npm install sharp, or take the photo out of the export',
    });
  }
}

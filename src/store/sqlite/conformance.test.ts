import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { type Place, storeConformance } from '../conformance.ts';
import { open } from './open.ts';

async function place(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-store-'));
  const path = join(folder, 'store.db');
  return {
    open: (options = {}) => open({ path, program: 'conformance', create: true, ...options }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

storeConformance({ test, place });

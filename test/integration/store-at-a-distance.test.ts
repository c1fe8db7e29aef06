/**
 * STORE 1: the contract behind 1 ms for each statement, as of a database server at a distance. Every operation is so many
 * statements whatever its batch, so what holds beside the file holds here.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { storeConformance } from '#store/conformance';
import { open } from '#store/sqlite/open';

storeConformance({
  test,
  async place() {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-distance-'));
    const path = join(folder, 'store.db');
    return {
      open: (options = {}) => open({ path, program: 'conformance', create: true, delayMs: 1, ...options }),
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
});

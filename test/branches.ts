/** Before each test file of the whole suite: which marked branches it reaches is noted for `verify` (scripts/branches.ts). */
import { afterAll, expect } from 'vitest';
import { saveReached } from '../scripts/branches.ts';

const folder = process.env['ROLLCALL_BRANCHES'];
if (folder !== undefined) {
  const reached = new Set<string>();
  globalThis.rollcallBranches = reached;
  afterAll(() => saveReached(folder, expect.getState().testPath ?? String(process.pid), reached));
}

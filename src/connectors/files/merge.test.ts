import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WriteItem } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { type MergingWriter, mergingWriter } from './merge.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-merge-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const item = (anchor: string): WriteItem => ({ attempt: anchor, operation: 'create', kind: 'person', anchor, set: {} });

function writer(): MergingWriter {
  return mergingWriter({
    path: join(folder, 'file'),
    asText: true,
    scan: () => Promise.resolve(null),
    check({ anchor }) {
      if (anchor === 'full') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      if (anchor === 'bad') throw new RollcallError('invalidValue', 'bad');
      return anchor!;
    },
    own: () => ({}),
    async rewrite(changes, out) {
      for (const { anchor } of changes.created()) await out.write(`${anchor}\n`);
      return null;
    },
  });
}

test('nothing of a batch that broke off is written, nor of those before it; a new session begins afresh', async () => {
  const one = writer();
  expect(await one.write([item('a'), item('bad')])).toMatchObject([{ ok: true }, { ok: false }]);
  const full = { kind: 'unavailable', message: expect.stringContaining('disk is full') };
  await expect(one.write([item('b'), item('full'), item('c')])).rejects.toMatchObject(full);
  await expect(one.write([item('d')])).rejects.toMatchObject(full);
  await expect(one.commit()).rejects.toMatchObject(full);
  expect(existsSync(join(folder, 'file'))).toBe(false);
  expect(await one.write([item('b')])).toMatchObject([{ ok: true }]);
  await one.commit();
  expect(existsSync(join(folder, 'file'))).toBe(true);
  await one.close();
});

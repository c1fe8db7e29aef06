/**
 * SEMANTICS 6: a full read of 10,000 accounts in pages, with creates, renames, deletes, pushes and their exports between the
 * pages, and `kill -9` after any of them: nothing that exists is ever gone, nothing deleted stays. ROLLCALL_READ_KILLS makes it
 * longer, ROLLCALL_SEED repeats it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { random } from '../../examples/demo/random.ts';
import { type TestStore, testStore, WRITTEN } from '../store.ts';
import { ACCOUNTS, accounts, DIRECTORY_YAML, journalOf, left, PEOPLE, people } from './killed/directory.ts';

const KILLS = Number(process.env['ROLLCALL_READ_KILLS'] ?? 5);
/** Then one that is disturbed and not killed, and one that is left in peace. */
const IN_A_ROW = 4;
const PAGES = Math.ceil(ACCOUNTS / 500);
const WORKER = fileURLToPath(new URL('killed/reader.ts', import.meta.url));
const seed = Number(process.env['ROLLCALL_SEED'] ?? Date.now() % 100_000);
const { next } = random(seed);

const folder = mkdtempSync(join(tmpdir(), 'rollcall-read-'));
let kept: TestStore;
afterAll(async () => {
  await kept.remove();
  rmSync(folder, { recursive: true, force: true });
});
beforeAll(async () => {
  kept = await testStore(folder);
  writeFileSync(join(folder, 'rollcall.yaml'), DIRECTORY_YAML.replace(WRITTEN, kept.place));
  writeFileSync(join(folder, 'dir.journal'), journalOf(accounts()));
  writeFileSync(join(folder, 'hr.journal'), journalOf(people()));
});

let lives = 0;

/** One process; `page`: killed after that page, to its end with 0, undisturbed with -1. */
function live(page: number): Promise<boolean> {
  const child = spawn(process.execPath, ['--conditions=source', WORKER, folder, String(++lives), String(seed), String(page)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(signal === 'SIGKILL');
      else reject(new Error(`${code ?? signal} ${err}`));
    });
  });
}

interface Staged {
  readonly present: ReadonlySet<string>;
  readonly gone: ReadonlySet<string>;
}

async function staged(): Promise<Staged> {
  const store = await kept.open();
  const [present, gone] = [new Set<string>(), new Set<string>()];
  try {
    for (let after = 0; ; ) {
      const rows = await store.spaces.scan('dir', { after, limit: 5_000 });
      for (const row of rows) if (row.anchor !== null) (row.presence === 'gone' ? gone : present).add(row.anchor);
      if (rows.length === 0) return { present, gone };
      after = rows.at(-1)!.id;
    }
  } finally {
    await store.close();
  }
}

const there = (): Set<string> => left(readFileSync(join(folder, 'dir.journal'), 'utf8'));

it(`${KILLS} times kill -9 between two pages (ROLLCALL_SEED=${seed})`, async () => {
  await live(-1);
  expect((await staged()).present.size).toBe(ACCOUNTS + PEOPLE);
  let killed = 0;
  for (let round = 0; killed < KILLS; round++) {
    expect(round, 'rounds').toBeLessThan(2 * KILLS + 4);
    const last = round % (IN_A_ROW + 1) === IN_A_ROW;
    // Early ones leave much of the read to the next process.
    if (await live(last ? 0 : 1 + Math.floor(next() * next() * PAGES))) killed++;
    const { gone } = await staged();
    const exists = there();
    expect({ round, seed, gone: [...gone].filter((anchor) => exists.has(anchor)) }).toEqual({ round, seed, gone: [] });
  }
  await live(0);
  await live(-1);
  await live(-1);
  const end = await staged();
  expect([...end.present].sort()).toEqual([...there()].sort());
});

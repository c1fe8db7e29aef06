/**
 * SEMANTICS 18: real processes, killed with `kill -9` at random moments of import, sync, export and confirm, over targets
 * that do things without saying so, answer late and refuse. Whatever the moment, the next process comes to the same end as if
 * nothing had happened, with every account there once. Moments are random; ROLLCALL_SEED repeats them, ROLLCALL_KILLS says how many.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { random } from '../../examples/demo/random.ts';
import { STORE, type TestStore, testStore, WRITTEN } from '../store.ts';
import { DAYS, type Day, hrOn, OFFICE_YAML } from './killed/office.ts';

const KILLS = Number(process.env['ROLLCALL_KILLS'] ?? 40);
/** Of each phase at least; the rest is chance. */
const EACH = 5;
const MOST_ROUNDS = Math.max(30, KILLS);
/** Between two processes, so that what waits for its time may go on. */
const MINUTES = 30;
const WORKER = fileURLToPath(new URL('killed/worker.ts', import.meta.url));
const PHASES = ['import', 'sync', 'export', 'confirm'] as const;
type Phase = (typeof PHASES)[number];
/** Which phases a day's processes are killed in: earlier ones first, so that there is something left for the later. */
const PLANS: readonly (readonly Phase[])[] = [
  ['import', 'export'],
  ['sync', 'confirm'],
  ['import', 'confirm'],
  ['sync', 'export'],
];

const seed = Number(process.env['ROLLCALL_SEED'] ?? Date.now() % 100_000);
const { next } = random(seed);

interface Life {
  /** What it said and when, ms since its start. */
  readonly said: readonly { readonly line: string; readonly at: number }[];
  readonly killed: boolean;
}

interface Office {
  readonly folder: string;
  readonly kept: TestStore;
  minute: number;
}

const offices = new Set<Office>();
async function office(): Promise<Office> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-kill-'));
  const one = { folder, kept: await testStore(folder), minute: 0 };
  offices.add(one);
  writeFileSync(join(folder, 'rollcall.yaml'), OFFICE_YAML.replace(WRITTEN, one.kept.place));
  writeFileSync(join(folder, 'book.csv'), 'id,name,phone\n');
  return one;
}
async function close(one: Office): Promise<void> {
  offices.delete(one);
  await one.kept.remove();
  rmSync(one.folder, { recursive: true, force: true });
}
afterAll(async () => {
  for (const one of offices) await close(one);
});

/** One process, killed `after` ms after it first said that it is in this phase; until its own end without. */
function live(one: Office, kill?: { readonly phase: Phase; readonly after: number }): Promise<Life> {
  const args = ['--conditions=source', WORKER, one.folder, String(one.minute)];
  one.minute += MINUTES;
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: { line: string; at: number }[] = [];
  const begun = performance.now();
  let rest = '';
  let err = '';
  let aimed = false;
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop()!;
    for (const line of lines) said.push({ line, at: performance.now() - begun });
    if (!kill || aimed || !said.some(({ line }) => line.startsWith(`${kill.phase} `))) return;
    aimed = true;
    setTimeout(() => child.kill('SIGKILL'), kill.after);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve({ said, killed: signal === 'SIGKILL' });
      else reject(new Error(`${code ?? signal} ${err}`));
    });
  });
}

/** The phase of each thing said; a confirming read goes on as a read. */
function phasesOf(said: Life['said']): (Phase | undefined)[] {
  let now: Phase | undefined;
  return said.map(({ line }) => {
    const phase = PHASES.find((one) => line.startsWith(`${one} `));
    const [, connection] = line.split(' ');
    const confirms = phase === 'import' && now === 'confirm' && connection !== 'hr';
    if (!confirms) now = phase;
    return now;
  });
}

async function settled(one: Office): Promise<unknown> {
  const { said } = await live(one);
  const end = said.at(-1)?.line ?? '';
  if (!end.startsWith('end ')) throw new Error(`it ended with: ${end}`);
  return JSON.parse(end.slice(4));
}

/** How each day ends when nobody disturbs it, and how long the longest stretch of each phase took, ms. */
const undisturbed: unknown[] = [];
const lasts = new Map<Phase, number>();

function measure({ said }: Life): void {
  const phases = phasesOf(said);
  for (let i = 0, from = 0; i < said.length; i++) {
    const phase = phases[from];
    if (phases[i] === phase) continue;
    if (phase) lasts.set(phase, Math.max(lasts.get(phase) ?? 0, said[i]!.at - said[from]!.at));
    from = i;
  }
}

beforeAll(async () => {
  const one = await office();
  for (const day of DAYS) {
    writeFileSync(join(one.folder, 'hr.jsonl'), hrOn(day));
    const life = await live(one);
    measure(life);
    undisturbed.push(JSON.parse(life.said.at(-1)!.line.slice(4)));
  }
  await close(one);
});

it('is worth killing: every phase is there, everybody has one account, nothing waits', () => {
  expect([...lasts.keys()].sort()).toEqual([...PHASES].sort());
  for (const end of undisturbed as { accounts: readonly string[]; waiting: object; parked: readonly string[] }[]) {
    expect(end.accounts.length).toBeGreaterThan(20);
    expect(new Set(end.accounts).size).toBe(end.accounts.length);
    expect(end.waiting).toEqual({});
    expect(end.parked).toEqual(['unjoined dir person:old-2']);
  }
});

it(`${KILLS} times kill -9 on ${STORE} (ROLLCALL_SEED=${seed}), and every end is the undisturbed one`, async () => {
  const killed = new Map<Phase | 'before', number>();
  const enough = (): boolean =>
    [...killed.values()].reduce((sum, n) => sum + n, 0) >= KILLS && PHASES.every((phase) => (killed.get(phase) ?? 0) >= EACH);
  for (let round = 0; !enough(); round++) {
    expect(round, `kills so far: ${JSON.stringify([...killed])}`).toBeLessThan(MOST_ROUNDS);
    const one = await office();
    const moments: string[] = [];
    for (const day of DAYS) {
      writeFileSync(join(one.folder, 'hr.jsonl'), hrOn(day as Day));
      for (const phase of PLANS[(round + day) % PLANS.length]!) {
        const after = next() * lasts.get(phase)!;
        const life = await live(one, { phase, after });
        moments.push(`day ${day}: ${phase} + ${after.toFixed(1)} ms${life.killed ? '' : ' (too late)'}`);
        if (!life.killed) continue;
        const at = phasesOf(life.said).at(-1) ?? 'before';
        killed.set(at, (killed.get(at) ?? 0) + 1);
      }
      expect({ moments, end: await settled(one) }).toEqual({ moments, end: undisturbed[day] });
    }
    await close(one);
  }
  console.info(`killed in: ${[...killed].map(([phase, n]) => `${phase} ${n}`).join(', ')}`);
});

/**
 * The process that owns one server: has it made in a folder of its own and started, says where it is, does what it is told line by
 * line, and ends it and its folder when its input ends. So the server is gone however the process that wanted it came to an end, kill -9
 * included. The first line of its input are the options.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Keep } from './kept.ts';

const KINDS: { readonly [kind: string]: () => Promise<{ readonly keep: unknown }> } = {
  postgres: () => import('./postgres-kept.ts'),
  slapd: () => import('./slapd-kept.ts'),
  samba: () => import('./samba-kept.ts'),
  mariadb: () => import('./mariadb-kept.ts'),
  ds389: () => import('./ds389-kept.ts'),
};

const kind = process.argv[2]!;
const ends: (() => void)[] = [];
let folder: string | undefined;

const answer = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`);

function end(): never {
  for (const run of ends.reverse())
    try {
      run();
    } catch {
      // It was not running.
    }
  // A process that was killed a moment ago may still write.
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
// Whoever read the answers may be gone.
process.stdout.on('error', end);

/** A command that fails is told, and the next one may do. */
async function answered(run: () => Promise<object> | object): Promise<boolean> {
  try {
    answer(await run());
    return true;
  } catch (error) {
    answer({ failed: (error as Error).message });
    return false;
  }
}

const lines = createInterface({ input: process.stdin });
// Lines that come while a server starts wait; the end of all input does not.
lines.on('close', end);
const input = lines[Symbol.asyncIterator]();

const first = await input.next();
if (first.done) end();
const options: unknown = JSON.parse(first.value);
let commands: Awaited<ReturnType<Keep<unknown>>>['commands'] = {};
const made = await answered(async () => {
  const { keep } = (await KINDS[kind]!()) as { readonly keep: Keep<unknown> };
  folder = mkdtempSync(join(tmpdir(), `rollcall-${kind}-`));
  const kept = await keep({ folder, atEnd: (run) => void ends.push(run) }, options);
  commands = kept.commands;
  return { told: kept.told };
});
if (!made) end();
for (;;) {
  const line = await input.next();
  if (line.done) end();
  const { what, given } = JSON.parse(line.value) as { readonly what: string; readonly given?: unknown };
  await answered(async () => ({ told: (await commands[what]!(given)) ?? {} }));
}

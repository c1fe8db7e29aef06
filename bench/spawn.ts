/** One case in one process, with its memory watched from outside. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measured } from './case.ts';
import { watchMemory } from './memory.ts';

/** Loaded into each thread of a process that is profiled, by NODE_OPTIONS. */
export const PROFILER: string = new URL('profiler.mjs', import.meta.url).href;

/**
 * `data`: what the child reads. `profiles`: a folder that gets a CPU profile of each of its threads; being profiled takes time. `child`: the
 * program of another suite.
 */
export async function runCase(
  name: string,
  data: object,
  { round = 0, profiles = null, child: program = 'child.ts' }: { round?: number; profiles?: string | null; child?: string } = {},
): Promise<{ measured: Measured; peakMb: number }> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(new URL(program, import.meta.url)), name, String(round)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      ...(profiles === null
        ? {}
        : { env: { ...process.env, NODE_OPTIONS: `--import ${PROFILER}`, ROLLCALL_BENCH_PROFILES: profiles } }),
    },
  );
  // Not as an argument: it may hold a password.
  child.stdin.end(JSON.stringify(data));
  const memory = watchMemory(child.pid!);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const peakMb = memory.stop();
  if (code !== 0) throw new Error(`the case ${name} ended with exit code ${code}`);
  return { measured: JSON.parse(text.trimEnd().split('\n').at(-1)!) as Measured, peakMb };
}

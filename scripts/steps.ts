/** Runs the steps of `verify` one after the other: each is timed, counted and shown, and the next runs even if one failed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';

export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** What failed, and why: told once more at the end, where nobody has to look for it. */
  readonly failures?: readonly string[];
}
export interface Step {
  readonly name: string;
  /** Left out with --fast. */
  readonly slow?: boolean;
  /** Begins together with the one before: neither keeps all processors busy. Runs without blocking, as that one does. */
  readonly beside?: boolean;
  /** Throws, or answers how many tests passed and failed. */
  run(): Count | Promise<Count>;
}
interface Outcome extends Count {
  readonly name: string;
  readonly seconds: number;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Answers whether all passed. The last line printed is `N passed, N failed`. */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  const outcomes: Outcome[] = [];
  for (const [first, step] of steps.entries()) {
    if (step.beside) continue;
    const next = steps.findIndex(({ beside }, place) => place > first && !beside);
    outcomes.push(...(await Promise.all(steps.slice(first, next < 0 ? steps.length : next).map(outcomeOf))));
  }
  for (const { name, failures = [] } of outcomes)
    for (const failure of failures) say(`\n── failed in ${name}\n${shortened(failure)}`);
  say('');
  const width = Math.max(...outcomes.map((one) => one.name.length));
  for (const one of outcomes) {
    const result = one.failed > 0 ? `${one.failed} failed` : 'ok';
    say(
      `${one.name.padEnd(width)}  ${one.seconds.toFixed(1).padStart(7)} s  ${String(one.passed).padStart(5)} passed  ${result}`,
    );
  }
  const total = (what: 'passed' | 'failed'): number => outcomes.reduce((sum, one) => sum + one[what], 0);
  say(`\n${total('passed')} passed, ${total('failed')} failed`);
  return total('failed') === 0;
}

async function outcomeOf(step: Step): Promise<Outcome> {
  say(`\n── ${step.name}`);
  const begun = performance.now();
  let count: Count;
  try {
    count = await step.run();
    if (count.passed + count.failed === 0) throw new Error('nothing was tested');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say(message);
    count = { passed: 0, failed: 1, failures: [message] };
  }
  return { name: step.name, seconds: (performance.now() - begun) / 1000, ...count };
}

/** Characters of one failure that are told again. */
const MOST = 4_000;
const shortened = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)} …` : text);

export const ONE: Count = { passed: 1, failed: 0 };

/** Runs a program; its output goes to ours as it comes. Throws when it fails. */
export function command(program: string, args: readonly string[], how: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): void {
  const { error, status, signal } = spawnSync(program, args, { ...how, stdio: 'inherit' });
  if (error !== undefined || status !== 0) throw failed(program, args, error?.message ?? signal ?? `exit code ${status}`);
}

/** Runs a program and answers what it printed. Throws with all of it when the exit code is not among `codes`. */
export async function output(
  program: string,
  args: readonly string[],
  how: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  codes: readonly number[] = [0],
): Promise<string> {
  const child = spawn(program, args, { ...how, stdio: ['ignore', 'pipe', 'pipe'] });
  // Of one that cannot be started there is no exit.
  const ended = once(child, 'close').catch((error: Error) => [error.message]) as Promise<[number | string | null, string | null]>;
  const [out, error, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (typeof code === 'number' && codes.includes(code)) return out;
  throw failed(program, args, typeof code === 'number' ? `exit code ${code}` : (code ?? signal!), out, error);
}

function failed(program: string, args: readonly string[], why: string, ...printed: readonly string[]): Error {
  return new Error([`${[program, ...args].join(' ')}: ${why}`, ...printed].filter((part) => part !== '').join('\n'));
}

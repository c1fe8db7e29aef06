/** Runs the steps of `verify` one after the other: each is timed, counted and shown, and the next runs even if one failed. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

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
  for (const step of steps) {
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
    outcomes.push({ name: step.name, seconds: (performance.now() - begun) / 1000, ...count });
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

/** Characters of one failure that are told again. */
const MOST = 4_000;
const shortened = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)} …` : text);

export const ONE: Count = { passed: 1, failed: 0 };

/** Runs a program; its output goes to ours as it comes. Throws when it fails. */
export function command(program: string, args: readonly string[], how: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): void {
  check(program, args, spawnSync(program, args, { ...how, stdio: 'inherit' }));
}

/** Runs a program and answers what it printed. Throws with all of it when the exit code is not among `codes`. */
export function output(
  program: string,
  args: readonly string[],
  how: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  codes: readonly number[] = [0],
): string {
  const done = spawnSync(program, args, { ...how, encoding: 'utf8', maxBuffer: 64 * 1_048_576 });
  check(program, args, done, codes);
  return done.stdout;
}

function check(
  program: string,
  args: readonly string[],
  done: SpawnSyncReturns<string | Buffer>,
  codes: readonly number[] = [0],
): void {
  if (done.error === undefined && done.status !== null && codes.includes(done.status)) return;
  const why = done.error?.message ?? (done.signal === null ? `exit code ${done.status}` : done.signal);
  throw new Error(
    [`${[program, ...args].join(' ')}: ${why}`, done.stdout, done.stderr]
      .filter((part) => part !== null && part.length > 0)
      .join('\n'),
  );
}

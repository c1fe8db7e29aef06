/** A server's program as a child of its keeper, in the foreground: what it says goes to a file, and its end is seen. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

export interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly log: string;
  /** Whether it does what it is there for: asked until it is so. */
  ready(): Promise<boolean>;
}

/** A busy machine takes its time. */
const MILLISECONDS = 120_000;

export class Daemon {
  #child: ChildProcess | undefined;

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** @throws what it logged in this try. */
  async start(program: Program): Promise<void> {
    if (this.running) return;
    const before = existsSync(program.log) ? readFileSync(program.log).length : 0;
    const log = openSync(program.log, 'a', 0o600);
    const child = spawn(program.path, program.args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    const until = Date.now() + MILLISECONDS;
    while (!(await program.ready())) {
      if (this.running && Date.now() < until) {
        await setTimeout(10);
        continue;
      }
      child.kill('SIGKILL');
      const why = this.running ? 'it does not answer' : `exit code ${child.exitCode ?? child.signalCode}`;
      throw new Error(`${program.path}: ${why}\n${readFileSync(program.log).toString('utf8', before).slice(-4000)}`.trimEnd());
    }
  }

  /** Answers when it is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.running) return;
    const gone = once(this.#child!, 'exit');
    this.#child!.kill(signal);
    await gone;
  }

  /** Without waiting. */
  kill(): void {
    if (this.running) this.#child!.kill('SIGKILL');
  }
}

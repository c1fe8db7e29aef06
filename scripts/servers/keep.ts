/**
 * A server of our own, for tests and measurements: on loopback, in a temporary folder, with passwords of its own, gone when the process that
 * asked for it is (keeper.ts).
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Kind } from './packages.ts';

export interface Server<Told> {
  /** What it says of itself; a command may change it. */
  readonly told: Told;
  /** @throws what the server said; it can be told something else after that. */
  tell(what: string, given?: unknown): Promise<void>;
  /** Nothing is left of it. */
  remove(): Promise<void>;
}

const KEEPER = fileURLToPath(new URL('keeper.ts', import.meta.url));

/** @throws when it is not installed, or does not start: what it said. */
export async function keep<Told extends object>(kind: Kind, options: object): Promise<Server<Told>> {
  // A group of its own: Ctrl-C in the terminal is for those who use the server, not for the server.
  const keeper = spawn(process.execPath, [KEEPER, kind], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const answers = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
  const say = async (what: object): Promise<Partial<Told>> => {
    hold(keeper, true);
    try {
      keeper.stdin.write(`${JSON.stringify(what)}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`the process that keeps ${kind} ended`);
      const answer = JSON.parse(value) as { readonly told: Partial<Told>; readonly failed?: string };
      if (answer.failed !== undefined) throw new Error(answer.failed);
      return answer.told;
    } finally {
      hold(keeper, false);
    }
  };
  const told = (await say(options)) as Told;
  return {
    told,
    tell: async (what, given) => void Object.assign(told, await say({ what, given })),
    async remove() {
      if (keeper.exitCode !== null || keeper.signalCode !== null) return;
      hold(keeper, true);
      keeper.stdin.end();
      await once(keeper, 'exit');
    },
  };
}

/** A process that has nothing to do but hold it ends, and the server with it. */
function hold(keeper: ChildProcessByStdio<Writable, Readable, null>, on: boolean): void {
  for (const one of [keeper, keeper.stdin as Socket, keeper.stdout as Socket]) {
    if (on) one.ref();
    else one.unref();
  }
}

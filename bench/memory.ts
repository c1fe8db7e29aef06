/** Memory of a process and its children: proportional set size, so that shared pages count once. Linux only; 0 elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process ended between being listed and being looked at.
    return '';
  }
}

function pssKb(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readText(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** Of a process and all that it started. */
export function processesOf(pid: number): readonly number[] {
  const tasks = ((): readonly string[] => {
    try {
      return readdirSync(`/proc/${pid}/task`);
    } catch {
      return [];
    }
  })();
  const children = tasks.flatMap((task) =>
    readText(`/proc/${pid}/task/${task}/children`)
      .split(' ')
      .filter((text) => text !== ''),
  );
  return [pid, ...children.flatMap((child) => processesOf(Number(child)))];
}

/** Megabytes now. */
export function memoryOf(pid: number): number {
  return processesOf(pid).reduce((sum, one) => sum + pssKb(one), 0) / 1024;
}

/** Looks every `everyMs` until stopped; answers the highest seen. */
export function watchMemory(pid: number, everyMs = 200): { stop(): number } {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, memoryOf(pid));
  };
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

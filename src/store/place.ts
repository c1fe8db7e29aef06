/**
 * The one place that knows where workers lie: TypeScript does not rewrite the address of a worker. Works from the sources (.ts, run
 * by type stripping) and from dist (.js).
 */
import type { ThreadPlace } from './threads.ts';

const fromSource = import.meta.url.endsWith('.ts');

export function workerPlace(name: 'sqlite/writer' | 'sqlite/long-reads' | 'postgres/writer'): ThreadPlace {
  return {
    url: new URL(`./${name}-worker${fromSource ? '.ts' : '.js'}`, import.meta.url),
    execArgv: fromSource ? ['--conditions=source'] : [],
  };
}

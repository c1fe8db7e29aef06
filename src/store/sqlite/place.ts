/**
 * The one place that knows where workers and migrations lie beside this file: TypeScript neither rewrites the address of a
 * worker nor copies .sql. Works from the sources (.ts, run by type stripping) and from dist (.js).
 */
const fromSource = import.meta.url.endsWith('.ts');

export function workerPlace(name: 'writer' | 'long-reads'): { url: URL; execArgv: string[] } {
  return {
    url: new URL(`./${name}-worker${fromSource ? '.ts' : '.js'}`, import.meta.url),
    execArgv: fromSource ? ['--conditions=source'] : [],
  };
}

export const schemaFolder: URL = new URL('./schema/', import.meta.url);

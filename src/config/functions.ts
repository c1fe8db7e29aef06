/**
 * Functions of one's own, `./rules.ts#name`: loaded before rules are compiled, since compiling does not wait (module.ts).
 */
import { nearest } from '#core/text';
import type { OwnFunction } from '#rules/compile';
import type { Collector } from './collect.ts';
import type { Path } from './document.ts';
import { loadModule } from './module.ts';
import type { Sources } from './secrets/references.ts';
import type { Written } from './written.ts';

const REFERENCE = /^(\.{1,2}\/[^#\0]+)#(\w+)$/;

/** Function by reference; faulty ones are reported and left out. Every file is loaded once per content. */
export async function loadFunctions(
  written: Written,
  sources: Sources,
  collect: Collector,
): Promise<ReadonlyMap<string, OwnFunction>> {
  const loaded = new Map<string, OwnFunction>();
  for (const { reference, at } of referencesIn(written)) {
    if (loaded.has(reference)) continue;
    const found = await load(reference, sources);
    if ('call' in found) loaded.set(reference, found);
    else collect.fault(at, 'value', found.fault, found.remedy);
  }
  return loaded;
}

function* referencesIn(written: Written): Generator<{ readonly reference: string; readonly at: Path }> {
  for (const [name, connection] of Object.entries(written.connections ?? {})) {
    for (const side of ['import', 'export'] as const) {
      for (const [kind, rule] of Object.entries(connection[side] ?? {})) {
        const { attributes } = rule as { attributes?: Readonly<Record<string, unknown>> };
        for (const [attribute, flow] of Object.entries(attributes ?? {})) {
          const reference = typeof flow === 'object' && flow !== null ? (flow as { function?: unknown }).function : undefined;
          const at = ['connections', name, side, kind, 'attributes', attribute, 'function'];
          if (typeof reference === 'string') yield { reference, at };
        }
      }
    }
  }
}

type Found = OwnFunction | { readonly fault: string; readonly remedy: string };

async function load(reference: string, sources: Sources): Promise<Found> {
  const [, file, name] = REFERENCE.exec(reference) ?? [];
  if (file === undefined || name === undefined) {
    return { fault: 'does not name a function', remedy: 'write file and name, such as ./rules.ts#login' };
  }
  const loaded = await loadModule(file, sources);
  if ('fault' in loaded) return loaded;
  const { module, hash } = loaded;
  const call = Object.hasOwn(module, name) ? module[name] : undefined;
  if (typeof call !== 'function') {
    const meant = nearest(name, Object.keys(module));
    return {
      fault: `${file} exports no function ${name}`,
      remedy: meant === null || meant === name ? `export function ${name} from it` : `did you mean ${meant}?`,
    };
  }
  return { call: call as OwnFunction['call'], hash };
}

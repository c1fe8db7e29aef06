/**
 * Code of one's own that rollcall.yaml names by a path: functions of rules, connectors. It is code that its author chose to run,
 * with all rights of this process, as a hook is; nothing is loaded that the file does not name. TypeScript runs by Node's type stripping.
 */
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sha256Hex } from '#core/digest';
import type { Sources } from './secrets/references.ts';

export type LoadedModule =
  | { readonly module: { readonly [name: string]: unknown }; readonly absolute: string; readonly hash: string }
  | { readonly fault: string; readonly remedy: string };

/** @param file relative to the folder of rollcall.yaml, or absolute. Once per content: an edited file is another module. */
export async function loadModule(file: string, sources: Sources): Promise<LoadedModule> {
  const absolute = path.resolve(sources.folder, file);
  let hash: string;
  try {
    hash = sha256Hex(await sources.readFile(absolute));
  } catch {
    return {
      fault: `the file ${file} cannot be read`,
      remedy: 'create it, or correct its path; paths start at the folder of this file',
    };
  }
  resolveOurs();
  try {
    return { module: await import(`${pathToFileURL(absolute).href}?${hash}`), absolute, hash };
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n')[0] : 'unknown error';
    return {
      fault: `the file ${file} cannot be loaded: ${placeOf(error, absolute, sources.folder)}${said}`,
      remedy: 'mend it; it must be an ES module, in TypeScript without enums, namespaces and parameter properties',
    };
  }
}

/** A file with its line in a stack, or above the source text that a fault of syntax is shown with; not one of Node's own. */
const PLACE = /(?:file:\/\/)?(\/[^\n?]+?\.[cm]?[jt]s)(?:\?[0-9a-f]+)?:(\d+)/;

/** `line 3: `, with its file where that is one which was imported; nothing where it is not said. */
function placeOf(error: unknown, file: string, folder: string): string {
  const [, found, line] = PLACE.exec((error as Error | undefined)?.stack ?? '') ?? [];
  if (found === undefined || found.includes('/node_modules/')) return '';
  return found === file
    ? `line ${line}: `
    : found === import.meta.filename
      ? ''
      : `${path.relative(folder, found)}, line ${line}: `;
}

let isResolving = false;

/**
 * `rollcall/…` is this program, wherever the file is, so that its errors are known here; `zod` is ours where the file has none beside it.
 * A connector needs no installation of its own.
 */
function resolveOurs(): void {
  if (isResolving) return;
  isResolving = true;
  registerHooks({
    resolve(specifier, context, next) {
      const here = { ...context, parentURL: import.meta.url };
      if (specifier.startsWith('rollcall/')) return next(specifier, here);
      if (specifier !== 'zod') return next(specifier, context);
      try {
        return next(specifier, context);
      } catch {
        return next(specifier, here);
      }
    },
  });
}

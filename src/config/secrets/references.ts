/**
 * `${env:NAME}` and `${file:path}`: the only way a secret gets into the configuration. Files are read relative to the folder
 * of rollcall.yaml and lose one newline at their end. `${ … }` with anything else inside is an expression and not ours.
 */
import path from 'node:path';
import type { Path } from '../document.ts';
import { keepSecret } from './redact.ts';

export const MAX_SECRET_BYTES = 65_536;
const REFERENCE = /\$\{(env|file):([^}]*)\}/g;
const WHOLE = /^\$\{(?:env|file):[^}]*\}$/;
const HOW = 'write ${env:NAME} or ${file:path} and keep the value itself outside of this file';

export interface Sources {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (file: string) => Promise<string>;
}

export interface Resolved {
  readonly data: unknown;
  /** Where references stood; relative to the node given. */
  readonly references: readonly Path[];
}

export type Report = (path: Path, message: string, remedy: string) => void;

export function holdsReference(text: string): boolean {
  return text.search(REFERENCE) !== -1;
}

/**
 * A copy of the node with every reference replaced. `secret` says which paths must be nothing but a reference.
 * What comes from a file, stands in a secret setting, in a URL or in a `hidden` place is registered as never to be printed,
 * faulty or not.
 */
export async function resolveReferences(
  node: unknown,
  secret: (path: Path) => boolean,
  sources: Sources,
  report: Report,
  hidden: (path: Path) => boolean = () => false,
): Promise<Resolved> {
  const references: Path[] = [];
  const text = async (value: string, at: Path): Promise<string> => {
    const isSecret = secret(at);
    if (isSecret && !WHOLE.test(value)) {
      // It is in the file for all to see, but not in a terminal or a log because of us.
      keepSecret(value);
      report(at, `${String(at.at(-1))} is secret and is written out here`, HOW);
      return value;
    }
    const found = [...value.matchAll(REFERENCE)];
    if (found.length === 0) return value;
    references.push(at);
    const kept: (readonly [start: number, end: number])[] = [];
    let out = '';
    let from = 0;
    for (const match of found) {
      const by = match[1] as 'env' | 'file';
      const resolved = by === 'env' ? fromEnv(match[2]!, sources) : await fromFile(match[2]!, sources);
      if ('fault' in resolved) {
        report(at, resolved.fault, resolved.remedy);
        return value;
      }
      out += value.slice(from, match.index);
      if (by === 'file' || isSecret || value.includes('://') || hidden(at)) {
        keepSecret(resolved.value);
        kept.push([out.length, out.length + resolved.value.length]);
      }
      out += resolved.value;
      from = match.index + match[0].length;
    }
    out += value.slice(from);
    for (const [start, end] of kept) keepSecret(wordAround(out, start, end));
    return out;
  };
  const walk = async (value: unknown, at: Path): Promise<unknown> => {
    if (typeof value === 'string') return text(value, at);
    if (Array.isArray(value)) {
      const out: unknown[] = [];
      for (const [index, item] of value.entries()) out.push(await walk(item, [...at, index]));
      return out;
    }
    if (typeof value !== 'object' || value === null) {
      if (value !== null && value !== undefined && secret(at)) {
        keepSecret(String(value));
        report(at, `${String(at.at(-1))} is secret and is written out here`, HOW);
      }
      return value;
    }
    const out: { [name: string]: unknown } = Object.create(null);
    for (const [name, item] of Object.entries(value)) out[name] = await walk(item, [...at, name]);
    return out;
  };
  return { data: await walk(node, []), references };
}

/** Enough that what is found is no short one any more. */
const NEAR = 64;

/** A secret with the letters and digits that stand at its ends: a short one is not looked for among more of them. */
function wordAround(text: string, start: number, end: number): string {
  const before = /[\p{L}\p{N}]*$/u.exec(text.slice(Math.max(0, start - NEAR), start))![0];
  const after = /^[\p{L}\p{N}]*/u.exec(text.slice(end, end + NEAR))![0];
  return before + text.slice(start, end) + after;
}

type Answer = { readonly value: string } | { readonly fault: string; readonly remedy: string };

function fromEnv(name: string, sources: Sources): Answer {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return {
      fault: `\${env:${name}} does not name an environment variable`,
      remedy: 'use letters, digits and _, such as ${env:LDAP_PASSWORD}',
    };
  }
  const value = Object.hasOwn(sources.env, name) ? sources.env[name] : undefined;
  if (value === undefined)
    return { fault: `the environment variable ${name} is not set`, remedy: `set ${name} before starting Rollcall` };
  if (value === '') return { fault: `the environment variable ${name} is empty`, remedy: `give ${name} a value` };
  return { value };
}

async function fromFile(name: string, sources: Sources): Promise<Answer> {
  if (name.trim() === '' || name.includes('\0'))
    return { fault: `\${file:${name}} does not name a file`, remedy: 'write a path, such as ${file:/run/secrets/ldap}' };
  const file = path.resolve(sources.folder, name);
  let content: string;
  try {
    content = await sources.readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    return {
      fault: `the file ${name} ${why}`,
      remedy: 'create it, or let the user that runs Rollcall read it; paths start at the folder of this file',
    };
  }
  if (Buffer.byteLength(content) > MAX_SECRET_BYTES) {
    return {
      fault: `the file ${name} is larger than ${MAX_SECRET_BYTES / 1024} KB`,
      remedy: 'name a file that holds nothing but the value',
    };
  }
  const value = content.replace(/\r?\n$/, '');
  if (value === '') return { fault: `the file ${name} is empty`, remedy: 'put the value into it' };
  return { value };
}

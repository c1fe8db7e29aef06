/** One value as it stands on its line, to text or bytes. */
import { isUtf8 } from 'node:buffer';
import type { LdifValue } from './ldif.ts';
import { type Line, Stop, shown } from './ldif-lines.ts';

export interface Name {
  readonly name: string;
  readonly binary: boolean;
}

/** A value that must be text: names, change types, flags. */
export function text(line: Line, plain: boolean): string {
  const value = read(line, { name: line.name, binary: false }, plain);
  if (typeof value === 'string') return value;
  throw new Stop(`"${shown(line.name)}" is not text`, line.line, 'write it as UTF-8 without NUL');
}

export function read(line: Line, name: Name, plain: boolean): LdifValue {
  if (line.form === 'text') {
    if (plain && !name.binary) return line.value;
    const bytes = Buffer.from(line.value, 'latin1');
    if (name.binary) return bytes;
    if (!isUtf8(bytes))
      throw new Stop(
        `the value of "${name.name}" is not UTF-8`,
        line.line,
        'export the file as UTF-8, or the value as base64 ("::")',
        name.name,
      );
    const value = bytes.toString('utf8');
    if (value.includes('\0'))
      throw new Stop(`the value of "${name.name}" holds a NUL byte`, line.line, 'write the value as base64 ("::")', name.name);
    return value;
  }
  if (line.form === 'base64') return base64(line, name);
  if (line.form === 'url') {
    throw new Stop(
      `the value of "${name.name}" is to be fetched from a URL (":<"), which Rollcall never does`,
      line.line,
      'put the value itself into the file, as base64 ("::")',
      name.name,
    );
  }
  throw new Stop('a line of "-" outside a modify', line.line, 'remove it, or say "changetype: modify"');
}

function base64(line: Line, name: Name): LdifValue {
  const coded = line.value.trimEnd();
  const padding = coded.endsWith('==') ? 2 : coded.endsWith('=') ? 1 : 0;
  if (coded.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(padding === 0 ? coded : coded.slice(0, -padding))) {
    throw new Stop(
      `the value of "${name.name}" is not valid base64`,
      line.line,
      'export the entry again; a cut or re-wrapped line does this',
      name.name,
    );
  }
  const bytes = Buffer.from(coded, 'base64');
  if (name.binary || !isUtf8(bytes) || bytes.includes(0)) return bytes;
  return bytes.toString('utf8');
}

/**
 * Records to LDIF text. What a reader may not take literally (anything but printable ASCII, a leading space, ":" or "<", a
 * trailing space) goes as base64; lines fold at 76 columns. The text is pure ASCII.
 */
import type { LdifAttributes, LdifChange, LdifModification, LdifValue } from './ldif.ts';

const COLUMNS = 76;

/** `name: value`, folded, with its line break. */
export function formatLine(name: string, value: LdifValue, eol = '\n'): string {
  if (typeof value !== 'string') return fold(`${name}:: ${base64(value)}`, eol);
  if (value === '') return `${name}:${eol}`;
  return fold(isSafe(value) ? `${name}: ${value}` : `${name}:: ${Buffer.from(value, 'utf8').toString('base64')}`, eol);
}

/** An entry of a content file: DN, objectClass, then the attributes in the order they stand; ends with a blank line. */
export function formatEntry(dn: string, attributes: LdifAttributes, eol = '\n'): string {
  return formatLine('dn', dn, eol) + formatAttributes(attributes, eol) + eol;
}

/** A change record, ended by a blank line. */
export function formatChange(change: LdifChange, eol = '\n'): string {
  const type = change.type === 'rename' ? 'modrdn' : change.type;
  const head = formatLine('dn', change.dn, eol) + formatLine('changetype', type, eol);
  if (change.type === 'add') return head + formatAttributes(change.attributes, eol) + eol;
  if (change.type === 'delete') return head + eol;
  if (change.type === 'modify') return head + change.changes.map((each) => formatModification(each, eol)).join('') + eol;
  const superior = change.newSuperior === undefined ? '' : formatLine('newsuperior', change.newSuperior, eol);
  return `${head}${formatLine('newrdn', change.newRdn, eol)}deleteoldrdn: ${change.deleteOldRdn ? 1 : 0}${eol}${superior}${eol}`;
}

function formatModification(change: LdifModification, eol: string): string {
  const values = change.values.map((value) => formatLine(change.attribute, value, eol)).join('');
  return `${formatLine(change.op, change.attribute, eol)}${values}-${eol}`;
}

function formatAttributes(attributes: LdifAttributes, eol: string): string {
  let out = '';
  for (const value of attributes.objectClass ?? []) out += formatLine('objectClass', value, eol);
  for (const name of Object.keys(attributes)) {
    if (name === 'objectClass') continue;
    for (const value of attributes[name]!) out += formatLine(name, value, eol);
  }
  return out;
}

function isSafe(value: string): boolean {
  const first = value.charCodeAt(0);
  return first !== 32 && first !== 58 && first !== 60 && !value.endsWith(' ') && !/[^\x20-\x7e]/.test(value);
}

function fold(line: string, eol: string): string {
  if (line.length <= COLUMNS) return line + eol;
  const pieces = [line.slice(0, COLUMNS)];
  for (let at = COLUMNS; at < line.length; at += COLUMNS - 1) pieces.push(line.slice(at, at + COLUMNS - 1));
  return pieces.join(`${eol} `) + eol;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * One record's lines to their meaning (RFC 2849): an entry, or a change. A value that cannot be read refuses its attribute
 * whole, and is told: nobody reads half a list as values that were removed. Any other fault skips the record.
 */
import { parseDn } from '#core/dn';
import type { Fault, Where } from '#core/errors';
import type { LdifAttributes, LdifChange, LdifFault, LdifItem, LdifModification, LdifPosition, LdifValue } from './ldif.ts';
import { countLines, isDn, type Line, Stop, shown, splitLines } from './ldif-lines.ts';
import { type Name, read, text } from './ldif-value.ts';
import { canonicalDescription, isBinary } from './schema.ts';

const MAX_NAMES = 10_000;

export class RecordReader {
  readonly #file: string | undefined;
  #versionAllowed: boolean;
  /** As spelled → canonical; the first spelling of an attribute without a usual one holds for the whole file. */
  readonly #names = new Map<string, Name>();
  readonly #spelling = new Map<string, string>();

  constructor(file: string | undefined, start: boolean) {
    this.#file = file;
    this.#versionAllowed = start;
  }

  /**
   * Reads `text` from `start` to `end` (the place of the last line's line feed) as one record, and more where the blank
   * line between two is missing. `plain`: ASCII without NUL. Answers the number of lines.
   */
  read(text: string, start: number, end: number, at: Omit<LdifPosition, 'lead'>, plain: boolean, out: LdifItem[]): number {
    const lines: Line[] = [];
    let count = 0;
    let stop: Stop | null = null;
    try {
      count = splitLines(text, start, end, at.line, lines);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      stop = error;
      count = countLines(text, start, end);
    }
    if (stop !== null) {
      out.push(this.#stopped(stop, dnOf(lines), { ...at, lead: 0 }));
      return count;
    }
    let from = 0;
    let begin = 0;
    const first = lines[0];
    if (first !== undefined && this.#versionAllowed) {
      this.#versionAllowed = false;
      if (first.name.toLowerCase() === 'version') {
        from = 1;
        begin = lines[1]?.at ?? at.length;
        if (first.value.trim() !== '1') {
          const remedy = 'export it as LDIF version 1 (RFC 2849)';
          const unknown = new Stop('the file says an LDIF version other than 1', first.line, remedy);
          out.push(this.#stopped(unknown, undefined, { ...at, length: begin, lead: 0 }));
        }
      }
    }
    while (from < lines.length) {
      const start = lines[from]!;
      let to = from + 1;
      while (to < lines.length && !isDn(lines[to]!)) to++;
      const stop = lines[to]?.at ?? at.length;
      const place = { line: start.line, offset: at.offset + begin, length: stop - begin, lead: start.at - begin };
      if (from > 0 && isDn(start) && begin > 0 && lines[from - 1]!.name.toLowerCase() !== 'version') {
        const message = 'a blank line is missing before this entry; it is read as an entry of its own';
        const fault = ldifFault(this.#file, message, { line: start.line }, 'put a blank line before each "dn:" line');
        out.push({ ...fault, skipped: false, ...place });
      }
      out.push(this.#record(lines, from, to, place, plain));
      from = to;
      begin = stop;
    }
    return count;
  }

  #record(lines: readonly Line[], from: number, to: number, position: LdifPosition, plain: boolean): LdifItem {
    const first = lines[from]!;
    let dn: string | undefined;
    try {
      if (!isDn(first)) {
        throw new Stop(
          'a record does not begin with a "dn:" line',
          first.line,
          'each record starts with "dn:"; look for a blank line inside an entry',
        );
      }
      dn = text(first, plain);
      if (parseDn(dn) === null)
        throw new Stop('the name of the entry is no DN', first.line, 'write it as RFC 4514 says: cn=Name,ou=people,dc=example');
      return Object.assign(this.#meaning(dn, lines, from + 1, to, plain), position);
    } catch (error) {
      if (error instanceof Stop) return this.#stopped(error, dn, position);
      throw error;
    }
  }

  #meaning(dn: string, lines: readonly Line[], from: number, to: number, plain: boolean) {
    let at = from;
    for (; at < to && lines[at]!.name.toLowerCase() === 'control'; at++) {
      const line = lines[at]!;
      const [oid = '', critical = 'false'] = text(line, plain).trim().split(/[ :]+/);
      if (critical.toLowerCase() === 'true') {
        throw new Stop(
          `the change asks for the critical control ${oid.slice(0, 64)}, which a file cannot give`,
          line.line,
          'leave the control out, or say that it is not critical',
        );
      }
    }
    const line = lines[at];
    if (line === undefined || at >= to)
      throw new Stop('the record has a name and nothing else', lines[from - 1]!.line, 'give it attributes, or remove it');
    if (line.name.toLowerCase() !== 'changetype') {
      if (at > from)
        throw new Stop(
          'a control stands before an entry without "changetype:"',
          line.line,
          'write "changetype: add" after the control',
        );
      return { type: 'entry' as const, dn, ...this.#attributes(dn, lines, at, to, plain) };
    }
    const type = text(line, plain).trim().toLowerCase();
    at++;
    if (type === 'add') return { type, dn, ...this.#attributes(dn, lines, at, to, plain) } satisfies LdifChange;
    if (type === 'delete') {
      if (at < to) throw new Stop('a delete has lines after "changetype: delete"', lines[at]!.line, 'end the record there');
      return { type, dn } satisfies LdifChange;
    }
    if (type === 'modify') return { type, dn, ...this.#modifications(dn, lines, at, to, plain) } satisfies LdifChange;
    if (type === 'modrdn' || type === 'moddn') return rename(dn, line.line, lines.slice(at, to), plain);
    throw new Stop(`the change type "${shown(type)}" is unknown`, line.line, 'use add, delete, modify, modrdn or moddn');
  }

  #attributes(
    dn: string,
    lines: readonly Line[],
    from: number,
    to: number,
    plain: boolean,
  ): { readonly attributes: LdifAttributes; readonly refused?: readonly Fault[] } {
    const out: LdifAttributes = Object.create(null);
    let refused: Map<string, Fault> | null = null;
    if (from >= to)
      throw new Stop('an entry without attributes', lines[from - 1]!.line, 'give it its attributes, objectClass first');
    for (let at = from; at < to; at++) {
      const line = lines[at]!;
      const name = this.#name(line);
      try {
        const value = read(line, name, plain);
        const list = out[name.name];
        if (list === undefined) out[name.name] = [value];
        else list.push(value);
      } catch (error) {
        refused ??= new Map();
        this.#refuse(refused, name.name, error, dn);
      }
    }
    if (refused === null) return { attributes: out };
    for (const name of refused.keys()) delete out[name];
    return { attributes: out, refused: [...refused.values()] };
  }

  #refuse(refused: Map<string, Fault>, attribute: string, error: unknown, dn: string): void {
    if (!(error instanceof Stop) || error.attribute === undefined) throw error;
    if (refused.has(attribute)) return;
    const where = { line: error.line, object: dn.slice(0, 512), attribute };
    refused.set(attribute, ldifFault(this.#file, error.message, where, error.remedy).fault);
  }

  #modifications(
    dn: string,
    lines: readonly Line[],
    from: number,
    to: number,
    plain: boolean,
  ): { readonly changes: readonly LdifModification[]; readonly refused?: readonly Fault[] } {
    const changes: LdifModification[] = [];
    const refused = new Map<string, Fault>();
    let at = from;
    while (at < to) {
      const head = lines[at++]!;
      const op = head.name.toLowerCase();
      if (op !== 'add' && op !== 'delete' && op !== 'replace' && op !== 'increment') {
        throw new Stop(
          `"${shown(head.name)}" where a modification starts`,
          head.line,
          'begin each one with add:, delete:, replace: or increment:',
        );
      }
      const name = this.#name({ ...head, name: text(head, plain).trim() });
      const values: LdifValue[] = [];
      for (; at < to && lines[at]!.form !== 'end'; at++) {
        const line = lines[at]!;
        if (this.#name(line).name !== name.name) {
          throw new Stop(
            `a value of "${shown(line.name)}" inside the modification of "${name.name}"`,
            line.line,
            'end each modification with a line of "-"',
          );
        }
        try {
          values.push(read(line, name, plain));
        } catch (error) {
          this.#refuse(refused, name.name, error, dn);
        }
      }
      // The last "-" may be missing (RFC 2849 has it, some tools do not write it).
      at++;
      if (values.length === 0 && (op === 'add' || op === 'increment') && !refused.has(name.name)) {
        throw new Stop(`"${op}: ${name.name}" without a value`, head.line, 'put the values below it');
      }
      changes.push({ op, attribute: name.name, values });
    }
    if (changes.length === 0)
      throw new Stop('a modify without modifications', lines[from - 1]!.line, 'say what to add, delete or replace');
    if (refused.size === 0) return { changes };
    // What else the record does to such an attribute would start from a value nobody knows.
    return { changes: changes.filter((change) => !refused.has(change.attribute)), refused: [...refused.values()] };
  }

  #name(line: Line): Name {
    const known = this.#names.get(line.name);
    if (known !== undefined) return known;
    const canonical = canonicalDescription(line.name);
    if (canonical === null) {
      throw new Stop(
        `"${shown(line.name)}" is no attribute name`,
        line.line,
        'attribute names are letters, digits and "-", options follow a ";"',
      );
    }
    const lower = canonical.toLowerCase();
    const name = this.#spelling.get(lower) ?? canonical;
    const [type = '', ...options] = name.split(';');
    const entry = { name, binary: isBinary(type, options) };
    if (this.#names.size < MAX_NAMES) {
      this.#spelling.set(lower, name);
      this.#names.set(line.name, entry);
    }
    return entry;
  }

  #stopped(stop: Stop, dn: string | undefined, at: LdifPosition): LdifFault & LdifPosition {
    const where: Where = {
      line: stop.line,
      ...(dn === undefined ? {} : { object: dn.slice(0, 512) }),
      ...(stop.attribute === undefined ? {} : { attribute: stop.attribute }),
    };
    return { ...ldifFault(this.#file, stop.message, where, stop.remedy), skipped: true, ...at };
  }
}

export function ldifFault(
  file: string | undefined,
  message: string,
  where: Where,
  remedy: string,
): { type: 'fault'; fault: Fault } {
  const place = file === undefined ? where : { file, ...where };
  return { type: 'fault', fault: { kind: 'invalidValue', message, where: place, remedy } };
}

function rename(dn: string, line: number, lines: readonly Line[], plain: boolean): LdifChange {
  const parts = new Map<string, string>();
  for (const each of lines) {
    const name = each.name.toLowerCase();
    if ((name !== 'newrdn' && name !== 'deleteoldrdn' && name !== 'newsuperior') || parts.has(name)) {
      throw new Stop(`"${shown(each.name)}" in a rename`, each.line, 'a rename has newrdn, deleteoldrdn and perhaps newsuperior');
    }
    parts.set(name, text(each, plain));
  }
  const newRdn = parts.get('newrdn');
  const remove = parts.get('deleteoldrdn')?.trim();
  const newSuperior = parts.get('newsuperior');
  if (newRdn === undefined || parseDn(newRdn)?.length !== 1)
    throw new Stop('a rename without a usable "newrdn:"', line, 'write one name: newrdn: cn=New Name');
  if (remove !== '0' && remove !== '1')
    throw new Stop('a rename without "deleteoldrdn: 0" or "1"', line, 'say whether the old name stays as a value');
  if (newSuperior !== undefined && parseDn(newSuperior) === null)
    throw new Stop('"newsuperior:" is no DN', line, 'name the new parent entry by its DN');
  const change = { type: 'rename' as const, dn, newRdn, deleteOldRdn: remove === '1' };
  return newSuperior === undefined ? change : { ...change, newSuperior };
}

/** For a fault in the lines themselves: the DN as far as it was read. */
function dnOf(lines: readonly Line[]): string | undefined {
  const line = lines.find(isDn);
  if (line?.form === 'base64') return Buffer.from(line.value, 'base64').toString('utf8');
  return line === undefined ? undefined : Buffer.from(line.value, 'latin1').toString('utf8');
}

/** Writing a file of objects: lines changed in place, the rest of the file left as it is, new objects at the end. */
import type { ReadObject, WriteItem } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { parseJson } from '#core/json';
import type { Replacement } from '../files/atomic.ts';
import { decoderOf, encoderOf } from '../files/decode.ts';
import type { FileIdentity } from '../files/identity.ts';
import { invalid } from '../files/item.ts';
import { readStretches } from '../files/lines.ts';
import { type Changes, type MergingWriter, mergingWriter, type Visit } from '../files/merge.ts';
import type { Row } from '../files/row.ts';
import { openSourceOrNone } from '../files/source.ts';
import type { JsonlConfig } from './config.ts';
import { eachLine, type JsonlFile } from './file.ts';
import { objectOf } from './parse.ts';
import { parseExact, setPath } from './values.ts';

export function jsonlWriter(file: JsonlFile): MergingWriter {
  const { path, config } = file;

  async function scan(visit: Visit): Promise<FileIdentity | null> {
    const source = await openSourceOrNone(path);
    if (source === null) return null;
    try {
      const line = (text: string, number: number, suspect: boolean): void => {
        const { kind, anchor, refused } = objectOf(text, number, suspect, path, config);
        visit(kind, anchor, refused === undefined);
      };
      for await (const _ of eachLine(source, file, { line, openIsPartial: false }, undefined));
      return source.identity;
    } finally {
      await source.close();
    }
  }

  function check(item: WriteItem): string {
    const { anchor: field, kindField } = config;
    const set = Object.hasOwn(item.set, field) ? item.set[field] : undefined;
    const given = typeof set === 'string' || typeof set === 'number' ? String(set) : undefined;
    const anchor = item.anchor ?? given ?? item.name;
    if (anchor === undefined || anchor === '')
      throw invalid(`a new object needs a value for its anchor "${field}"`, {}, 'map the anchor in the export rule');
    if (set !== undefined && given !== anchor)
      throw invalid('the anchor of an object never changes', { object: anchor, attribute: field });
    if (item.operation !== 'create' && item.name !== undefined)
      throw invalid('an object has no name beside its anchor', { object: anchor });
    if (kindField === undefined && item.kind !== config.kind)
      throw invalid(`${path} holds objects of kind ${config.kind}, none of kind ${item.kind}`, { object: anchor });
    for (const part of [item.set, item.add, item.remove]) {
      if (kindField !== undefined && Object.hasOwn(part ?? {}, kindField))
        throw invalid('the field says what the object is', { object: anchor, attribute: kindField });
    }
    return anchor;
  }

  /** The kind is told beside the attributes. */
  function own(_item: WriteItem, anchor: string): { readonly [attribute: string]: string } {
    return { [config.anchor]: anchor };
  }

  /** The line as the changes leave it: the same text where nobody wrote to it, null where the object is deleted. */
  function changedLine(text: string, changes: Changes): string | null {
    let object: ReadObject;
    try {
      const key = plainKeyOf(text, config);
      if (key !== undefined && !changes.has(key.kind, key.anchor)) return text;
      object = objectOf(text, 0, true, path, config);
    } catch (error) {
      // A line that cannot be read stays as it is.
      if (error instanceof RollcallError && error.kind === 'invalidValue') return text;
      throw error;
    }
    const change = changes.of(object.kind, object.anchor);
    if (change === undefined) return text;
    const { after, touched } = change(object.attributes as Row);
    if (after === null) return null;
    const before = parseExact(text) as object;
    const line = parseExact(text) as object;
    for (const name of touched) if (name !== config.anchor) setPath(line, name, after[name]);
    const changed = JSON.stringify(line);
    return changed === JSON.stringify(before) ? text : changed;
  }

  /** Whole lines with the changes applied; what nobody wrote to is copied in long pieces. */
  function changedText(text: string, changes: Changes): string {
    const pieces: string[] = [];
    let copied = 0;
    for (let at = 0; at < text.length; ) {
      const newline = text.indexOf('\n', at);
      const next = newline === -1 ? text.length : newline + 1;
      const from = text.charCodeAt(at) === 0xfeff ? at + 1 : at;
      let to = newline === -1 ? next : newline;
      if (to > from && text.charCodeAt(to - 1) === 13) to--;
      const line = text.slice(from, to);
      const changed = line.length > file.limit || line.trim() === '' ? line : changedLine(line, changes);
      if (changed !== line) {
        pieces.push(text.slice(copied, from));
        if (changed !== null) pieces.push(changed);
        copied = changed === null ? next : to;
      }
      at = next;
    }
    return copied === 0 ? text : pieces.join('') + text.slice(copied);
  }

  async function rewrite(changes: Changes, out: Replacement): Promise<{ identity: FileIdentity; fingerprint: string } | null> {
    const { encode } = encoderOf('utf-8');
    const source = await openSourceOrNone(path);
    let newline = '';
    try {
      if (source !== null) {
        const decoder = decoderOf('utf-8', { bom: false });
        for await (const { bytes, is } of readStretches(source.blocks(), file.limit)) {
          if (bytes.length === 0) continue;
          newline = bytes[bytes.length - 1] === 10 ? '' : '\n';
          if (is !== 'lines') {
            await out.write(bytes);
            continue;
          }
          const text = decoder.decode(bytes, true);
          const kept = changedText(text, changes);
          await out.write(kept === text ? bytes : encode(kept));
        }
      }
      let text = newline;
      let count = 0;
      for (const { kind, anchor, after } of changes.created()) {
        const object = {};
        setPath(object, config.anchor, after[config.anchor] ?? anchor);
        if (config.kindField !== undefined) setPath(object, config.kindField, kind);
        for (const name of Object.keys(after)) setPath(object, name, after[name]);
        text += `${JSON.stringify(object)}\n`;
        if (++count % 500 !== 0) continue;
        await out.write(text);
        text = '';
      }
      if (count > 0) await out.write(text);
      return source === null ? null : { identity: source.identity, fingerprint: source.fingerprint() };
    } finally {
      await source?.close();
    }
  }

  return mergingWriter({ path, asText: false, scan, check, own, rewrite });
}

/** Kind and anchor where both are plain top-level fields, without making the whole object; undefined where they are not. */
function plainKeyOf(
  text: string,
  { anchor, kind, kindField }: JsonlConfig,
): { readonly kind: string; readonly anchor: string } | undefined {
  if (/[.\\]/.test(anchor) || kindField !== undefined) return undefined;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, anchor)) return undefined;
  const found = (value as { readonly [name: string]: unknown })[anchor];
  return typeof found === 'string' || Number.isSafeInteger(found) ? { kind, anchor: String(found) } : undefined;
}

/** Writing a file of objects: lines changed in place, the rest of the file left as it is, new objects at the end. */
import type { WriteItem } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { Replacement } from '../files/atomic.ts';
import { decoderOf, encoderOf } from '../files/decode.ts';
import type { FileIdentity } from '../files/identity.ts';
import { invalid } from '../files/item.ts';
import { readStretches } from '../files/lines.ts';
import { type Changes, type MergingWriter, mergingWriter, type Visit } from '../files/merge.ts';
import type { Row } from '../files/row.ts';
import { openSourceOrNone } from '../files/source.ts';
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
        const { kind, anchor } = objectOf(text, number, suspect, path, config);
        visit(kind, anchor, true);
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

  function changedLine(text: string, changes: Changes, number: number): string | null {
    let key: ReturnType<typeof objectOf>;
    try {
      key = objectOf(text, number, true, path, config);
    } catch (error) {
      // A line that cannot be read stays as it is.
      if (error instanceof RollcallError && error.kind === 'invalidValue') return text;
      throw error;
    }
    const change = changes.of(key.kind, key.anchor);
    if (change === undefined) return text;
    const { after, touched } = change(key.attributes as Row);
    if (after === null) return null;
    const object = parseExact(text) as object;
    for (const name of touched) if (name !== config.anchor) setPath(object, name, after[name]);
    const line = JSON.stringify(object);
    return line === JSON.stringify(parseExact(text)) ? text : line;
  }

  async function rewrite(changes: Changes, out: Replacement): Promise<{ identity: FileIdentity; fingerprint: string } | null> {
    const { encode } = encoderOf('utf-8');
    const source = await openSourceOrNone(path);
    let newline = '';
    try {
      if (source !== null) {
        const decoder = decoderOf('utf-8', { bom: false });
        let number = 1;
        for await (const { bytes, is } of readStretches(source.blocks(), file.limit)) {
          if (bytes.length === 0) continue;
          newline = bytes[bytes.length - 1] === 10 ? '' : '\n';
          if (is !== 'lines') {
            await out.write(bytes);
            continue;
          }
          const text = decoder.decode(bytes, true);
          let kept = '';
          for (const piece of text.split(/(?<=\n)/)) {
            const [, mark, content, end] = /^(\ufeff?)(.*?)(\r?\n?)$/s.exec(piece)!;
            const line =
              content!.trim() === '' || content!.length > file.limit ? content! : changedLine(content!, changes, number);
            if (line !== null) kept += mark! + line + end!;
            number++;
          }
          await out.write(encode(kept));
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

/** Writing: rows changed in place, the rest of the file left as it is, new rows at the end. */

import type { RawValue, WriteItem, WriteValue } from '#connectors/contract';
import { joinAnchor, splitAnchor } from '#core/anchor';
import { RollcallError } from '#core/errors';
import type { Replacement } from '../files/atomic.ts';
import { type Encoder, encoderOf } from '../files/decode.ts';
import type { FileIdentity } from '../files/identity.ts';
import { invalid } from '../files/item.ts';
import { type Changes, type MergingWriter, mergingWriter, type Visit } from '../files/merge.ts';
import { openSourceOrNone } from '../files/source.ts';
import { anchorsOf, type CsvConfig } from './config.ts';
import { headerLayout, isFormula, type Layout, multiOf, rowReader } from './layout.ts';
import type { CsvSink } from './parse.ts';
import type { CsvFile } from './read.ts';
import { newTable, readTable, type Table } from './table.ts';

export function csvWriter(file: CsvFile): MergingWriter {
  const { path, config, mapped } = file;
  const anchors = anchorsOf(config);
  /** As the scan found it. */
  let table: Table;
  let encoder: Encoder;
  /** Attributes of a file that is still to be made, in the order they came. */
  let fresh: Set<string>;

  async function scan(visit: Visit): Promise<FileIdentity | null> {
    table = newTable(config, path);
    fresh = new Set([
      ...anchors,
      ...(mapped ?? []),
      ...(config.kindColumn === undefined ? [] : [config.kindColumn]),
      ...mappedAttributes(config),
    ]);
    const source = await openSourceOrNone(path);
    try {
      if (source !== null) {
        let rows: ReturnType<typeof rowReader> | undefined;
        const sink: CsvSink = {
          row(fields, line) {
            rows ??= rowReader(table.layout!, config, path);
            const key = rows.key(fields);
            if (key === null) return;
            const object = rows.read(fields, line, table.suspect);
            visit(key.kind, key.anchor, !('message' in object) && object.refused === undefined);
          },
          fault(fault) {
            // What is appended behind an open quote would become a part of that field.
            if (fault === 'unterminated') throw cutShort(path);
          },
        };
        for await (const _ of readTable(source, table, config, file.limit, sink));
        if (!table.decoder.reversible) throw unwritable(path, table.encoding);
      }
      encoder = encoderOf(table.encoding);
      return source === null ? null : source.identity;
    } finally {
      await source?.close();
    }
  }

  function check(item: WriteItem): string {
    if (config.kindColumn === undefined && item.kind !== config.kind) {
      throw invalid(`${path} holds objects of kind ${config.kind}, none of kind ${item.kind}`, { object: item.anchor ?? '' });
    }
    const anchor = anchorOf(item);
    const object = anchor;
    if (item.operation !== 'create' && item.name !== undefined) throw invalid('a row has no name beside its anchor', { object });
    const parts = splitAnchor(anchor, anchors.length);
    if (parts === null) throw invalid(`"${anchor}" is not an anchor of ${anchors.length} values`, { object });
    for (const [i, part] of parts.entries()) checkValue(part, anchors[i]!, object);
    for (const [attribute, value] of Object.entries(item.set)) {
      const at = anchors.indexOf(attribute);
      if (at !== -1 && textOf(value, attribute) !== parts[at])
        throw invalid('the anchor of a row never changes', { object, attribute });
      checkValue(value, attribute, object);
    }
    for (const values of [item.add, item.remove]) {
      for (const [attribute, value] of Object.entries(values ?? {})) {
        if (multiOf(attribute, config) === undefined)
          throw invalid('the column holds one value', { object, attribute }, multiRemedy(attribute));
        checkValue(value, attribute, object);
      }
    }
    if (table.layout === undefined)
      for (const part of [item.set, item.add, item.remove]) for (const name of Object.keys(part ?? {})) fresh.add(name);
    return anchor;
  }

  function own(_item: WriteItem, anchor: string): { readonly [attribute: string]: string } {
    const parts = splitAnchor(anchor, anchors.length)!;
    return Object.fromEntries(anchors.map((attribute, i) => [attribute, parts[i]!]));
  }

  function anchorOf(item: WriteItem): string {
    if (item.anchor !== null && item.anchor !== '') return item.anchor;
    const parts = anchors.map((attribute) => (Object.hasOwn(item.set, attribute) ? textOf(item.set[attribute]!, attribute) : ''));
    if (!parts.includes('')) return joinAnchor(parts);
    if (item.name !== undefined && item.name !== '') return item.name;
    throw invalid(`a new row needs a value for its anchor ${anchors.join(' + ')}`, {}, 'map the anchor in the export rule');
  }

  function checkValue(value: WriteValue, attribute: string, object: string): void {
    const known = table.layout?.columns.some((column) => column.attribute === attribute) ?? true;
    if (!known)
      throw invalid(
        `${path} has no column "${attribute}"`,
        { object, attribute },
        'add the column to the file, or take the attribute out of the export',
      );
    if (attribute === config.kindColumn)
      throw invalid('the column says what the row is and follows from that', { object, attribute });
    const multi = multiOf(attribute, config);
    const values = Array.isArray(value) ? value : [value];
    if (values.length > 1 && multi === undefined) {
      throw invalid(`the column holds one value, and here are ${values.length}`, { object, attribute }, multiRemedy(attribute));
    }
    for (const each of values) {
      const text = textOf(each as WriteValue, attribute);
      if (multi !== undefined && !standsAlone(text, multi))
        throw invalid(`a value holds the separator "${multi}", or ends in a part of it`, { object, attribute });
      if (config.quote === 'none' && (/[\r\n]/.test(text) || text.includes(table.delimiter))) {
        throw invalid('a value holds a newline or the delimiter, and the file has no quotes', { object, attribute });
      }
      if (!encoder.canEncode(text))
        throw invalid(`a value cannot be written in ${table.encoding}`, { object, attribute }, 'write the file in utf-8');
      if (text.length > file.limit) throw invalid('a value is over the limit of one object', { object, attribute });
    }
  }

  function textOf(value: WriteValue | RawValue, attribute: string): string {
    if (value === null || value === undefined) return '';
    if (Array.isArray(value)) return value.map((each) => textOf(each, attribute)).join(multiOf(attribute, config) ?? '');
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
  }

  function fieldOf(value: RawValue | undefined, attribute: string): string {
    if (value === undefined || value === null) return '';
    if (!config.escapeFormulas) return textOf(value, attribute);
    const guarded = (text: string): string => (isFormula(text) ? `'${text}` : text);
    if (!Array.isArray(value)) return guarded(textOf(value, attribute));
    return value.map((each) => guarded(textOf(each, attribute))).join(multiOf(attribute, config) ?? '');
  }

  const quote = config.quote;
  function quoted(field: string): string {
    if (quote === 'none' || !(field.includes(table.delimiter) || field.includes(quote) || /[\r\n]/.test(field))) return field;
    return quote + field.replaceAll(quote, quote + quote) + quote;
  }
  const lineOf = (fields: readonly string[]): string => fields.map(quoted).join(table.delimiter) + table.newline;

  async function rewrite(changes: Changes, out: Replacement): Promise<{ identity: FileIdentity; fingerprint: string } | null> {
    const source = await openSourceOrNone(path);
    try {
      let ended = true;
      if (source !== null) {
        table = newTable(config, path);
        let pieces: string[] = [];
        let copied = 0;
        let rows: ReturnType<typeof rowReader> | undefined;
        const reading = readTable(source, table, config, file.limit, {
          row(fields, _line, text, from, to) {
            rows ??= rowReader(table.layout!, config, path);
            const key = rows.key(fields);
            const change = key === null ? undefined : changes.of(key.kind, key.anchor);
            if (change === undefined) return;
            const { after, touched } = change(rows.values(fields));
            let same = after !== null;
            for (const { attribute, index } of after === null ? [] : table.layout!.columns) {
              if (!touched.has(attribute) || anchors.includes(attribute)) continue;
              const field = fieldOf(after![attribute], attribute);
              same &&= field === fields[index];
              fields[index] = field;
            }
            if (same) return;
            pieces.push(text.slice(copied, from));
            copied = to;
            if (after !== null) pieces.push(lineOf(fields));
          },
          fault: () => undefined,
          passed(text, to) {
            pieces.push(text.slice(copied, to));
            copied = 0;
          },
        });
        let begun = false;
        for await (const _ of reading) {
          if (!begun && table.decoder.bom) await out.write(encoder.bom);
          begun = true;
          const text = pieces.join('');
          pieces = [];
          if (text === '') continue;
          ended = text.endsWith('\n');
          await out.write(encoder.encode(text));
        }
      }
      let layout = table.layout;
      let first = '';
      if (layout === undefined) {
        const header = [...fresh].map((attribute) => headerOf(attribute, config));
        layout = headerLayout(header, config, path);
        first = lineOf(header);
      }
      await append(layout, changes, out, ended ? first : table.newline + first);
      return source === null ? null : { identity: source.identity, fingerprint: source.fingerprint() };
    } finally {
      await source?.close();
    }
  }

  async function append(layout: Layout, changes: Changes, out: Replacement, first: string): Promise<void> {
    let text = first;
    let pending = first.trim() !== '';
    for (const { kind, anchor, after } of changes.created()) {
      const fields = new Array<string>(layout.width).fill('');
      for (const { attribute, index } of layout.columns) fields[index] = fieldOf(after[attribute], attribute);
      for (const [i, part] of splitAnchor(anchor, anchors.length)!.entries())
        fields[layout.anchor[i]!] = fieldOf(part, anchors[i]!);
      if (layout.kind !== null) fields[layout.kind] = kind;
      text += lineOf(fields);
      pending = true;
      if (text.length < 65536) continue;
      await out.write(encoder.encode(text));
      text = '';
    }
    if (pending) await out.write(encoder.encode(text));
  }

  return mergingWriter({ path, asText: true, scan, check, own, rewrite });
}

/** Whether a value is read back as it is, whatever values stand before and behind it. */
function standsAlone(text: string, separator: string): boolean {
  return text === '' || `${text}${separator}`.indexOf(separator) === text.length;
}

/** Attributes of the configured columns, in their order. */
function mappedAttributes(config: CsvConfig): string[] {
  return Object.values(config.columns).filter((attribute): attribute is string => attribute !== null);
}

function headerOf(attribute: string, config: CsvConfig): string {
  return Object.entries(config.columns).find(([, mapped]) => mapped === attribute)?.[0] ?? attribute;
}

function multiRemedy(attribute: string): string {
  return `say under \`multi\` what stands between several values of ${attribute}`;
}

function unwritable(path: string, encoding: string): RollcallError {
  return new RollcallError('configuration', `${path} holds bytes that are no ${encoding} text and would be lost by writing it`, {
    where: { file: path },
    remedy: 'set `encoding` to the one the file is written in',
  });
}

function cutShort(path: string): RollcallError {
  return new RollcallError('unavailable', `${path} ends within a quoted field: it is cut short, and nothing can be added to it`, {
    where: { file: path },
    remedy: 'have the file made again, or close the quote',
  });
}

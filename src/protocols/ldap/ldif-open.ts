/**
 * The last record of a file that ends without a line break. Some programs leave it out, and a file that was cut looks the
 * same: the record counts where nothing shows a cut, and where half a value could not make it another entry.
 */
import type { LdifItem } from './ldif.ts';
import { type Line, shown, splitLines } from './ldif-lines.ts';
import { ldifFault } from './ldif-record.ts';
import { canonicalDescription } from './schema.ts';

const CUT = 'the file ends in the middle of a line, so its last record may be cut short';

export interface OpenRecord {
  /** Latin-1 text of the record and of those that run into it, up to the end of the file. */
  readonly text: string;
  /** 1-based line it begins at. */
  readonly line: number;
  readonly file: string | undefined;
  /** Lower case: attributes of which half a value would name another entry. */
  readonly telling: ReadonlySet<string>;
}

/** What to answer for an item that was read as if the line break were there. */
export function judgeOpen(item: LdifItem, open: OpenRecord): LdifItem[] {
  const read = { ...item, length: item.length - 1 };
  const final = open.text.slice(open.text.lastIndexOf('\n') + 1);
  if (final.startsWith('#')) return [read];
  if (read.type === 'fault') return [{ ...read, fault: { ...read.fault, message: `${CUT}: ${read.fault.message}` } }];
  const lines: Line[] = [];
  splitLines(open.text, 0, open.text.length, open.line, lines);
  const last = lines.at(-1)!;
  const { line, offset, length, lead, dn } = read;
  const place = { line, offset, length, lead };
  const why = final.endsWith('\r') ? 'the line break is half there' : whyCut(read, last, open.telling);
  if (why === null) {
    const message = 'the file ends without a line break; its last record is read as it stands';
    const remedy = 'end the last line with a line break; if the file was cut there, export it again';
    return [{ ...ldifFault(open.file, message, { line: last.line, object: dn }, remedy), skipped: false, ...place }, read];
  }
  const remedy = 'export the file again; if it is whole, end its last line with a line break';
  return [
    { ...ldifFault(open.file, `${CUT}: ${why}`, { line: last.line, object: dn.slice(0, 512) }, remedy), skipped: true, ...place },
  ];
}

function whyCut(item: Exclude<LdifItem, { type: 'fault' }>, last: Line, telling: ReadonlySet<string>): string | null {
  if (last.value === '' && last.form !== 'end') return `"${shown(last.name)}" has no value yet`;
  if (item.type !== 'entry' && item.type !== 'add') return null;
  if (item.attributes.objectClass === undefined) return 'it has no objectClass yet';
  const name = (canonicalDescription(last.name) ?? '').toLowerCase();
  const refused = item.refused?.find(({ where }) => where.attribute?.toLowerCase() === name);
  if (refused !== undefined) return refused.message;
  return telling.has(name) ? `the value of "${shown(last.name)}" may go on, and says which entry it is` : null;
}

/** The lines of one record: unfolded, without comments, cut into name and value, nothing decoded yet. */

/** How a value stands on its line: `name: text`, `name:: base64`, `name:< url`. */
export type Form = 'text' | 'base64' | 'url' | 'end';

export interface Line {
  readonly name: string;
  readonly form: Form;
  /** Latin-1 text, one character per byte. */
  readonly value: string;
  readonly line: number;
  /** Bytes from the start of the record. */
  readonly at: number;
}

/** What stops a record; becomes a fault with the record's DN. */
export class Stop extends Error {
  readonly line: number;
  readonly remedy: string;
  readonly attribute: string | undefined;
  constructor(message: string, line: number, remedy: string, attribute?: string) {
    super(message);
    this.line = line;
    this.remedy = remedy;
    this.attribute = attribute;
  }
}

/** Unfolds and splits; comments are gone, folded ones too. Answers the number of lines. */
export function splitLines(all: string, start: number, end: number, firstLine: number, out: Line[]): number {
  let number = firstLine;
  let at = start;
  while (at <= end) {
    let feed = all.indexOf('\n', at);
    if (feed === -1 || feed > end) feed = end;
    const line = number++;
    const place = at - start;
    let source = all;
    let from = at;
    let to = feed > at && all.charCodeAt(feed - 1) === 13 ? feed - 1 : feed;
    at = feed + 1;
    if (at <= end && all.charCodeAt(at) === 32) {
      const pieces = [all.slice(from, to)];
      while (at <= end && all.charCodeAt(at) === 32) {
        feed = all.indexOf('\n', at);
        if (feed === -1 || feed > end) feed = end;
        pieces.push(all.slice(at + 1, feed > at + 1 && all.charCodeAt(feed - 1) === 13 ? feed - 1 : feed));
        number++;
        at = feed + 1;
      }
      source = pieces.join('');
      from = 0;
      to = source.length;
    }
    const code = source.charCodeAt(from);
    if (code === 35 || from === to) continue;
    if (code === 32)
      throw new Stop(
        'a continuation line with nothing before it',
        line,
        'remove the space it begins with, or the blank line above it',
      );
    if (code === 45 && to === from + 1) {
      out.push({ name: '-', form: 'end', value: '', line, at: place });
      continue;
    }
    const colon = source.indexOf(':', from);
    if (colon === -1 || colon >= to)
      throw new Stop(
        'a line without ":"',
        line,
        'write "name: value"; a long value goes on in a line that begins with one space',
      );
    let value = colon + 1;
    let form: Form = 'text';
    const mark = value < to ? source.charCodeAt(value) : 0;
    if (mark === 58 || mark === 60) {
      form = mark === 58 ? 'base64' : 'url';
      value++;
    }
    while (value < to && source.charCodeAt(value) === 32) value++;
    out.push({ name: source.slice(from, colon), form, value: source.slice(value, to), line, at: place });
  }
  return number - firstLine;
}

export function countLines(all: string, start: number, end: number): number {
  let count = 1;
  for (let at = all.indexOf('\n', start); at !== -1 && at < end; at = all.indexOf('\n', at + 1)) count++;
  return count;
}

export function isDn(line: Line): boolean {
  return line.name === 'dn' || (line.name.length === 2 && line.name.toLowerCase() === 'dn');
}

/** What a file says, short enough for a message. */
export function shown(name: string): string {
  const decoded = Buffer.from(name.slice(0, 64), 'latin1').toString('utf8');
  return decoded.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?');
}

/**
 * Cuts a stream of blocks into records at blank lines. Works on Latin-1 text, one character per byte, so that offsets
 * are bytes and a fold in the middle of a UTF-8 character does no harm; ldif-record decodes the values.
 */
import { isAscii } from 'node:buffer';
import type { LdifItem, LdifOptions } from './ldif.ts';
import { judgeOpen } from './ldif-open.ts';
import { ldifFault, type RecordReader } from './ldif-record.ts';

const NONE = Number.POSITIVE_INFINITY;
const HEAD = 4096;

export class RecordScanner {
  readonly #records: RecordReader;
  readonly #file: string | undefined;
  readonly #limit: number;
  readonly #telling: ReadonlySet<string>;
  /** What is held of an unfinished record: pieces, and the last two characters, where a blank line may begin. */
  #pieces: string[] = [];
  #held = 0;
  #tail = '';
  /** Set while the record at hand is over the limit: only its head and measures are kept. */
  #over: Oversize | null = null;
  /** True while everything held is ASCII without NUL, the common case that needs no decoding. */
  #plain = true;
  #offset: number;
  #line: number;
  #first: boolean;

  constructor(options: LdifOptions, records: RecordReader) {
    this.#records = records;
    this.#file = options.file;
    this.#limit = options.maxEntryBytes;
    this.#telling = new Set(['objectClass', ...(options.telling ?? [])].map((name) => name.toLowerCase()));
    this.#offset = options.start?.offset ?? 0;
    this.#line = options.start?.line ?? 1;
    this.#first = this.#offset === 0;
  }

  get position(): { readonly offset: number; readonly line: number } {
    return { offset: this.#offset, line: this.#line };
  }

  get waiting(): number {
    return this.#held + this.#tail.length + (this.#over?.length ?? 0);
  }

  push(block: Uint8Array): LdifItem[] {
    const out: LdifItem[] = [];
    if (block.length === 0) return out;
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    const plain = isAscii(bytes) && !bytes.includes(0);
    this.#plain &&= plain;
    let text = this.#tail + bytes.toString('latin1');
    this.#tail = '';
    if (this.#first) {
      // Two bytes tell a byte order mark; with fewer there is nothing to decide yet.
      if (text.length < 3) {
        this.#tail = text;
        return out;
      }
      this.#first = false;
      text = this.#skipMark(text, out);
    }
    let at = 0;
    let lf = -1;
    let crlf = -1;
    for (;;) {
      if (this.#held === 0 && this.#over === null) at = this.#skipBlank(text, at);
      if (lf < at) lf = indexOr(text, '\n\n', at);
      if (crlf < at) crlf = indexOr(text, '\n\r\n', at);
      const end = Math.min(lf, crlf);
      if (end === NONE) break;
      this.#record(text, at, end, out);
      const blank = end + (end === crlf ? 3 : 2);
      this.#offset += blank - end;
      this.#line += 1;
      at = blank;
      this.#plain = plain;
    }
    this.#hold(at === 0 ? text : text.slice(at));
    return out;
  }

  end(): LdifItem[] {
    const out: LdifItem[] = [];
    let text = this.#tail;
    this.#tail = '';
    if (this.#first) {
      this.#first = false;
      text = this.#skipMark(text, out);
    }
    let at = 0;
    if (this.#held === 0 && this.#over === null) {
      at = this.#skipBlank(text, 0);
      if (at === text.length || text.slice(at) === '\r') return out;
    }
    if (text.endsWith('\n')) {
      this.#record(text, at, text.length - 1, out);
      this.#offset += 1;
      return out;
    }
    const over = this.#over !== null || this.#held + text.length - at >= this.#limit;
    const open = { text: over ? '' : this.#pieces.join('') + text.slice(at), line: this.#line };
    const items: LdifItem[] = [];
    this.#record(`${text}\n`, at, text.length, items);
    const last = items.pop();
    if (last === undefined) return out;
    const judged = over
      ? [{ ...last, length: last.length - 1 }]
      : judgeOpen(last, { ...open, file: this.#file, telling: this.#telling });
    return [...out, ...items, ...judged];
  }

  /** Text from `at` to `end` finishes the record at hand. `end` is the line feed of its last line. */
  #record(text: string, at: number, end: number, out: LdifItem[]): void {
    const length = this.#held + (end - at) + 1;
    if (this.#over !== null || length > this.#limit) {
      this.#over ??= this.#startOver();
      measure(this.#over, text.slice(at, end + 1));
      this.#finishOver(out);
      return;
    }
    let lines: number;
    if (this.#held === 0) {
      lines = this.#records.read(text, at, end, { line: this.#line, offset: this.#offset, length }, this.#plain, out);
    } else {
      this.#pieces.push(text.slice(at, end));
      const whole = this.#pieces.join('');
      lines = this.#records.read(whole, 0, whole.length, { line: this.#line, offset: this.#offset, length }, this.#plain, out);
      this.#pieces = [];
      this.#held = 0;
    }
    this.#line += lines;
    this.#offset += length - 1;
  }

  #hold(rest: string): void {
    const body = rest.slice(0, Math.max(0, rest.length - 2));
    this.#tail = rest.slice(body.length);
    if (body === '') return;
    if (this.#over === null) {
      this.#pieces.push(body);
      this.#held += body.length;
      if (this.#held <= this.#limit) return;
      this.#over = this.#startOver();
    } else {
      measure(this.#over, body);
    }
  }

  #startOver(): Oversize {
    const over: Oversize = { head: '', lines: 0, length: 0, current: 0, longest: 0, longestLine: 0 };
    for (const piece of this.#pieces) measure(over, piece);
    this.#pieces = [];
    this.#held = 0;
    return over;
  }

  #finishOver(out: LdifItem[]): void {
    const over = this.#over as Oversize;
    this.#over = null;
    const long = over.longest > this.#limit;
    const line = this.#line + (long ? over.longestLine : 0);
    const what = long
      ? `a line of ${over.longest} bytes is over the limit of ${this.#limit}; its record is skipped`
      : `a record of ${over.length} bytes is over the limit of ${this.#limit} and is skipped`;
    out.push(
      this.#fault(what, over.head, line, over.length, {
        remedy: 'take the large value out of the export, or raise limits.maxObjectSize',
      }),
    );
    this.#line += over.lines;
    this.#offset += over.length - 1;
  }

  #fault(message: string, head: string, line: number, length: number, more: { remedy: string }): LdifItem {
    const dn = /^dn: *([^\r\n]{1,512})/im.exec(head)?.[1];
    const where = { line, ...(dn === undefined ? {} : { object: Buffer.from(dn, 'latin1').toString('utf8') }) };
    return {
      ...ldifFault(this.#file, message, where, more.remedy),
      skipped: true,
      line: this.#line,
      offset: this.#offset,
      length,
      lead: 0,
    };
  }

  /** Blank lines between records; what follows starts a record. */
  #skipBlank(text: string, from: number): number {
    let at = from;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 10) at += 1;
      else if (code === 13 && text.charCodeAt(at + 1) === 10) at += 2;
      else break;
      this.#line += 1;
    }
    this.#offset += at - from;
    return at;
  }

  #skipMark(text: string, out: LdifItem[]): string {
    if (text.startsWith('\u00ef\u00bb\u00bf')) {
      this.#offset += 3;
      return text.slice(3);
    }
    if (text.startsWith('\u00ff\u00fe') || text.startsWith('\u00fe\u00ff')) {
      out.push(
        this.#fault('the file is UTF-16; LDIF is read as UTF-8', '', 1, 0, {
          remedy: 'export it as UTF-8 (ldifde: leave out -u), or convert it first',
        }),
      );
    }
    return text;
  }
}

/** Of a record over the limit, in place of its text. */
interface Oversize {
  head: string;
  lines: number;
  length: number;
  current: number;
  longest: number;
  longestLine: number;
}

function measure(over: Oversize, text: string): void {
  if (over.head.length < HEAD) over.head += text.slice(0, HEAD - over.head.length);
  over.length += text.length;
  let at = 0;
  for (;;) {
    const end = text.indexOf('\n', at);
    over.current += (end === -1 ? text.length : end) - at;
    if (over.current > over.longest) {
      over.longest = over.current;
      over.longestLine = over.lines;
    }
    if (end === -1) return;
    over.lines += 1;
    over.current = 0;
    at = end + 1;
  }
}

function indexOr(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? NONE : at;
}

/** What a server sends (RFC 4511 4.1.9, 4.5.2, 4.12, 4.13), taken apart as far as somebody needs it. */
import { BerReader, ENUMERATED, INTEGER, OCTETS, SEQUENCE } from './ber.ts';

export const ENTRY = 0x64;
export const DONE = 0x65;
export const REFERENCE = 0x73;
export const INTERMEDIATE = 0x79;
export const EXTENDED = 0x78;

export interface ResponseControl {
  readonly oid: string;
  readonly value: Buffer;
}

export interface Response {
  /** Of the request; 0: the server speaks by itself. */
  readonly id: number;
  readonly tag: number;
  readonly body: BerReader;
  /** Those of the message; taken apart when asked for. */
  controls(): readonly ResponseControl[];
}

export function readResponse(frame: Buffer): Response {
  const reader = new BerReader(frame).inside(SEQUENCE);
  const id = reader.integer(INTEGER);
  const { tag } = reader;
  return { id, tag, body: reader.inside(tag), controls: () => readControls(reader) };
}

function readControls(message: BerReader): ResponseControl[] {
  const controls: ResponseControl[] = [];
  if (message.tag !== 0xa0) return controls;
  const list = new BerReader(message.bytes, message.at, message.end).inside(0xa0);
  while (!list.done) {
    const control = list.inside(SEQUENCE);
    const oid = control.text();
    if (control.tag === 0x01) control.skip();
    controls.push({ oid, value: control.tag === OCTETS ? control.octets() : Buffer.alloc(0) });
  }
  return controls;
}

export interface LdapResult {
  readonly code: number;
  readonly matchedDn: string;
  /** What the server says about it, for people. */
  readonly text: string;
  readonly referrals: readonly string[];
  /** Of an extended operation. */
  readonly name?: string;
  readonly value?: Buffer;
  readonly controls: readonly ResponseControl[];
}

export function readResult({ body, tag, controls }: Response): LdapResult {
  const code = body.integer(ENUMERATED);
  const matchedDn = body.text();
  const text = body.text();
  const referrals = body.tag === 0xa3 ? texts(body.inside(0xa3)) : [];
  let name: string | undefined;
  let value: Buffer | undefined;
  for (; !body.done; ) {
    if (tag === EXTENDED && body.tag === 0x8a) name = body.text(0x8a);
    else if (tag === EXTENDED && body.tag === 0x8b) value = body.octets(0x8b);
    else body.skip();
  }
  return {
    code,
    matchedDn,
    text,
    referrals,
    ...(name === undefined ? {} : { name }),
    ...(value === undefined ? {} : { value }),
    controls: controls(),
  };
}

/** The URLs of a search result reference: entries that other servers hold. */
export const readReference = ({ body }: Response): string[] => texts(body);

function texts(reader: BerReader): string[] {
  const all: string[] = [];
  while (!reader.done) all.push(reader.text());
  return all;
}

export function readIntermediate({ body }: Response): { readonly name: string; readonly value: Buffer } {
  const name = body.tag === 0x80 ? body.text(0x80) : '';
  return { name, value: body.tag === 0x81 ? body.octets(0x81) : Buffer.alloc(0) };
}

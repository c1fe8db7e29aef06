/** Ids that directories keep as bytes, in the form in which people and logs know them, and back. */

/** 16 bytes in the order of RFC 4122, as `entryUUID` has them (RFC 4530). */
export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The first three groups the other way round: how Microsoft keeps a GUID (MS-DTYP 2.3.4.2). */
function swapped(bytes: Uint8Array): Buffer {
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((place) => bytes[place]!));
}

/** `objectGUID` as Active Directory's tools write it; other lengths as hex. */
export function guidText(bytes: Uint8Array): string {
  return bytes.length === 16 ? uuidText(swapped(bytes)) : Buffer.from(bytes).toString('hex');
}

/** Null for what is no GUID. */
export function guidBytes(text: string): Buffer | null {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
    ? swapped(Buffer.from(text.replaceAll('-', ''), 'hex'))
    : null;
}

/** `objectSid` as `S-1-5-21-…` (MS-DTYP 2.4.2.2); what is none as hex. */
export function sidText(bytes: Uint8Array): string {
  const sid = Buffer.from(bytes);
  if (sid.length < 8 || sid.length !== 8 + 4 * sid[1]!) return sid.toString('hex');
  const parts = Array.from({ length: sid[1]! }, (_, i) => sid.readUInt32LE(8 + 4 * i));
  return `S-${sid[0]}-${sid.readUIntBE(2, 6)}${parts.map((part) => `-${part}`).join('')}`;
}

/** Null for what is no SID. */
export function sidBytes(text: string): Buffer | null {
  const match = /^S-(\d{1,3})-(\d{1,14})((?:-\d{1,10}){0,15})$/i.exec(text);
  if (match === null) return null;
  const [revision, authority] = [Number(match[1]), Number(match[2])];
  const parts = match[3]!.split('-').slice(1).map(Number);
  if (revision > 255 || authority >= 2 ** 48 || parts.some((part) => part >= 2 ** 32)) return null;
  const bytes = Buffer.alloc(8 + 4 * parts.length);
  bytes[0] = revision;
  bytes[1] = parts.length;
  bytes.writeUIntBE(authority, 2, 6);
  for (const [i, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + 4 * i);
  return bytes;
}

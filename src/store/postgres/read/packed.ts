/**
 * Very many small numbers in one value. The client makes an object of each cell that it is sent, which for a million rows
 * takes seconds and hundreds of MB; a `bytea` is one text of hex, however many numbers are in it.
 */

/** Of what `string_agg(int8send(…), '')` answers. */
export function unpackIds(bytes: Uint8Array | null): Float64Array {
  if (bytes === null) return new Float64Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float64Array(bytes.byteLength / 8);
  // No id is beyond 2^53: two halves are faster than a bigint.
  for (let i = 0; i < out.length; i++) out[i] = view.getUint32(i * 8) * 4_294_967_296 + view.getUint32(i * 8 + 4);
  return out;
}

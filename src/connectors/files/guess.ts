/** The encoding a file is most probably written in. Only for a first configuration, which a person looks at; reading never guesses. */
import { decoderOf, encodingByBom } from './decode.ts';
import { openSourceOrNone } from './source.ts';

/** More than this is not looked at: a letter with an accent comes sooner. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Bytes that mean nothing in windows-1252, and letters in cp850, the code page of DOS. */
const NOT_WINDOWS = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/** Null where nothing need be said: UTF-8, plain ASCII, no file. */
export async function guessEncoding(path: string): Promise<string | null> {
  const source = await openSourceOrNone(path);
  if (source === null) return null;
  try {
    const utf8 = decoderOf('utf-8');
    let dos = false;
    let broken = false;
    let first = true;
    for await (const block of source.blocks({ to: MOST_BYTES })) {
      if (first) {
        const wide = encodingByBom(block) ?? wideWithoutMark(block);
        if (wide !== null) return wide === 'utf-8' ? null : wide;
        first = false;
      }
      utf8.decode(block, false);
      broken ||= utf8.suspect;
      dos ||= NOT_WINDOWS.some((byte) => block.includes(byte));
    }
    if (source.identity.size <= MOST_BYTES) {
      utf8.decode(Buffer.alloc(0), true);
      broken ||= utf8.suspect;
    }
    return broken ? (dos ? 'cp850' : 'windows-1252') : null;
  } finally {
    await source.close();
  }
}

/** Text in Latin letters as UTF-16 has a zero in every other byte. */
function wideWithoutMark(block: Buffer): 'utf-16le' | 'utf-16be' | null {
  const zeros = [0, 0];
  for (let i = 0; i < block.length; i++) if (block[i] === 0) zeros[i % 2]!++;
  const many = block.length / 4;
  if (zeros[1]! > many) return 'utf-16le';
  return zeros[0]! > many ? 'utf-16be' : null;
}

import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Recipe } from '#core/photo';
import { makePhoto } from './index.ts';

const SMALL: Recipe = { format: 'jpeg', size: { width: 96, height: 96 }, maxBytes: 10_000 };

/** Noise, which no encoder makes light. */
function noisy(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, noise: { type: 'gaussian', mean: 128, sigma: 60 }, background: '#000' } });
}
const told = async (bytes: Uint8Array) => {
  const { format, width, height, exif, orientation } = await sharp(bytes).metadata();
  return { format, width, height, exif, orientation };
};

describe('a photo', () => {
  it.each(['jpeg', 'png', 'webp', 'gif'] as const)('of %s is as large and as heavy as it may be', async (format) => {
    const original = await noisy(200, 150).toFormat(format).toBuffer();
    const made = await makePhoto(original, SMALL);
    expect(await told(made)).toMatchObject({ format: 'jpeg', width: 96, height: 72 });
    expect(made.length).toBeLessThanOrEqual(SMALL.maxBytes);
  });

  it('that is too heavy at any quality is made smaller', async () => {
    const original = await noisy(800, 600).jpeg().toBuffer();
    const made = await makePhoto(original, { format: 'jpeg', size: null, maxBytes: 5_000 });
    expect(made.length).toBeLessThanOrEqual(5_000);
    expect((await told(made)).width).toBeLessThan(800);
    const png = await makePhoto(original, { format: 'png', size: null, maxBytes: 20_000 });
    expect((await told(png)).format).toBe('png');
    expect(png.length).toBeLessThanOrEqual(20_000);
  });

  it('that is as it should be is left as it is, and no small one is made large', async () => {
    const original = await noisy(60, 60).jpeg().toBuffer();
    expect(await makePhoto(original, SMALL)).toBe(original);
    expect(await told(await makePhoto(await noisy(40, 30).png().toBuffer(), SMALL))).toMatchObject({ width: 40, height: 30 });
  });

  it('stands upright, and tells nothing of where it was taken', async () => {
    const original = await noisy(900, 600)
      .withExif({ IFD3: { GPSLatitude: '52/1 31/1 0/1' } })
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const made = await makePhoto(original, SMALL);
    expect(await told(made)).toEqual({ format: 'jpeg', width: 64, height: 96, exif: undefined, orientation: undefined });
  });

  it('that may be seen through is white behind', async () => {
    const glass = { width: 20, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } as const;
    const made = await makePhoto(await sharp({ create: glass }).png().toBuffer(), SMALL);
    const { data } = await sharp(made).raw().toBuffer({ resolveWithObject: true });
    expect(data[0]).toBe(255);
  });

  it('is the same each time', async () => {
    const original = await noisy(300, 300).jpeg().toBuffer();
    expect(Buffer.from(await makePhoto(original, SMALL)).equals(await makePhoto(original, SMALL))).toBe(true);
  });
});

describe('what is no photo is refused with what to do', () => {
  /** The header of a PNG that says it has so many pixels a side, and next to none of them. */
  async function bomb(side: number): Promise<Buffer> {
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    png.writeUInt32BE(side, 16);
    png.writeUInt32BE(side, 20);
    const { crc32 } = await import('node:zlib');
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    return png;
  }
  const cut = async (): Promise<Buffer> => {
    const whole = await noisy(400, 400).jpeg().toBuffer();
    return whole.subarray(0, whole.length / 2);
  };
  it.each<[string, () => Promise<Uint8Array>, RegExp]>([
    ['text', async () => Buffer.from('no image at all'), /no image of a kind/],
    ['nothing', async () => new Uint8Array(), /no image of a kind/],
    [
      'SVG',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
      /no image of a kind/,
    ],
    ['a bomb', () => bomb(20_000), /20,000 × 20,000 pixels/],
    ['a cut file', cut, /cannot be decoded/],
    ['a header alone', async () => Buffer.from([0xff, 0xd8, 0xff, 0xe0]), /cannot be decoded/],
  ])('%s', async (_, bytes, message) => {
    const refused = makePhoto(await bytes(), SMALL);
    await expect(refused).rejects.toMatchObject({ kind: 'invalidValue', remedy: expect.stringContaining('JPEG') });
    await expect(refused).rejects.toThrow(message);
  });

  it('a limit that no photo can keep', async () => {
    const original = await noisy(400, 400).jpeg().toBuffer();
    await expect(makePhoto(original, { ...SMALL, maxBytes: 50 })).rejects.toThrow('as light as 50 bytes');
  });
});

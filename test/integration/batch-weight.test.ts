/** Decision 13: a first read is staged in large batches; of large objects (pictures, long texts) a batch holds few, so that memory is bounded. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: 'attributes: { person: { photo: { type: binary } } }',
  read: 'photo: photo, description: text',
});
const MB = 1_048_576;
/** Of a batch; the object that reaches it is still in it. */
const MOST = 16 * MB;
const PEOPLE = 40;

let here: Firm;
afterEach(() => here.close());

it.each([
  { what: 'pictures', photo: (i: number) => new Uint8Array(MB).fill(i), text: () => '' },
  { what: 'texts', photo: () => null, text: (i: number) => String(i % 10).repeat(MB) },
])('no batch of a first read holds more than its weight in $what', async ({ photo, text }) => {
  here = await firm(YAML);
  for (let i = 0; i < PEOPLE; i++) here.system('hr').put('person', `p${i}`, { id: `p${i}`, photo: photo(i), text: text(i) });
  const { stage } = here.store.spaces;
  const { put } = here.store.blobs;
  const batches: { objects: number; texts: number; pictures: number }[] = [];
  let pictures = 0;
  Object.assign(here.store.blobs, {
    put(blobs: Parameters<typeof put>[0]) {
      pictures = blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
      return put(blobs);
    },
  });
  Object.assign(here.store.spaces, {
    stage(batch: Parameters<typeof stage>[0]) {
      const texts = batch.items.reduce((sum, one) => sum + ('seen' in one ? (one.seen?.length ?? 0) : 0), 0);
      batches.push({ objects: batch.items.length, texts, pictures });
      pictures = 0;
      return stage(batch);
    },
  });
  await here.run({ profile: 'full-import', connections: ['hr'] });
  expect(batches.map(({ objects }) => objects)).toEqual([16, 16, 8]);
  for (const batch of batches) expect(batch.texts + batch.pictures, JSON.stringify(batch)).toBeLessThan(MOST + 1.1 * MB);
});

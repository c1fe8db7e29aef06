/** Decision 16: photos reach a target as it takes them, made once; what cannot be made holds that attribute of that person. */
import sharp from 'sharp';
import { afterEach, beforeAll, expect, it } from 'vitest';
import type { Fault } from '#core/errors';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const PHOTO = 'jpegPhoto: { photo: photo, max: 96x96, maxBytes: 8KB }';
const yaml = (more: { readonly others?: string; readonly known?: string; readonly dir?: string; readonly top?: string } = {}) =>
  hrAndDirectory({
    top: `gates: { ${unlimited('create', 'update', 'attribute')} }\n${more.top ?? ''}`,
    read: 'mail: mail, photo: photo',
    others: more.others ?? '',
    dir: `mode: on\n${more.dir ?? ''}`,
    known: more.known ?? '',
    written: `mail: mail, ${PHOTO}`,
  });
let [face, other]: [Uint8Array, Uint8Array] = [new Uint8Array(), new Uint8Array()];
beforeAll(async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const one = () =>
    sharp({ create: { width: 640, height: 480, channels: 3, background: '#000', noise } })
      .jpeg()
      .toBuffer();
  [face, other] = [await one(), await one()];
});

let here: Firm;
afterEach(() => here.close());
async function begun(text: string, people: { readonly [id: string]: Uint8Array }): Promise<void> {
  here = await firm(text, ['hr', 'dir', 'book']);
  for (const [id, photo] of Object.entries(people)) here.system('hr').put('person', id, { id, mail: `${id}@x`, photo });
  await here.first();
}
const photoOf = (id: string, target = 'dir') => here.system(target).get('person', id)?.attributes['jpegPhoto'] as Uint8Array;
const sizeOf = async (bytes: Uint8Array) => {
  const { format, width, height } = await sharp(bytes).metadata();
  return { format, width, height };
};
const QUIET = { status: 'done', rowsWritten: 0 };

it('is written as the target takes it, and then no cycle, whole read or full sync writes or makes anything', async () => {
  await begun(yaml(), { p1: face, p2: face });
  expect(await sizeOf(photoOf('p1'))).toEqual({ format: 'jpeg', width: 96, height: 72 });
  expect(photoOf('p1').length).toBeLessThanOrEqual(8_192);
  expect(Buffer.from(photoOf('p2')).equals(photoOf('p1'))).toBe(true);
  await here.run();
  expect(await here.run()).toMatchObject(QUIET);
  const { get } = here.store.blobs;
  // What is not asked for is not made, by an encoder of another version neither.
  Object.assign(here.store.blobs, { get: () => Promise.reject(new Error('nobody asks')) });
  for (const profile of ['full-import', 'full-sync', 'export'] as const)
    expect(await here.run({ profile })).toMatchObject({ status: 'done', faults: [] });
  expect(await here.run()).toMatchObject(QUIET);
  Object.assign(here.store.blobs, { get });
  expect(await here.store.exports.counts('dir')).toEqual({});
});

it('changes with its original, comes back the same when somebody changes it there, and goes with it', async () => {
  await begun(yaml(), { p1: face });
  const first = photoOf('p1');
  here.system('dir').edit('person', 'p1', { jpegPhoto: other });
  await here.run();
  expect(Buffer.from(photoOf('p1')).equals(first)).toBe(true);
  here.system('hr').edit('person', 'p1', { photo: other });
  await here.run();
  expect(Buffer.from(photoOf('p1')).equals(first)).toBe(false);
  expect(await sizeOf(photoOf('p1'))).toMatchObject({ width: 96 });
  here.system('hr').edit('person', 'p1', { photo: null });
  await here.run();
  expect(photoOf('p1')).toBeUndefined();
  expect(await here.run()).toMatchObject({ status: 'done' });
});

it('is made once for all targets that take it alike', async () => {
  const book = (photo: string): string => `book:
  type: memory
  system: book
  mode: on
  schema: { person: { number: {}, jpegPhoto: { type: binary, maxLength: 8192 } } }
  import: { person: { join: employeeId, attributes: { employeeId: number } } }
  export: { person: { provision: true, anchor: employeeId, attributes: { number: employeeId, ${photo} } } }`;
  await begun(yaml({ others: book('jpegPhoto: { photo: photo, max: 96, maxBytes: 8KB }') }), { p1: face });
  await here.store.spaces.saveState('book', { mode: 'on' }, null);
  const made: string[] = [];
  const { put } = here.store.blobs;
  Object.assign(here.store.blobs, {
    put: (blobs: Parameters<typeof put>[0]) => {
      made.push(...blobs.map(({ hash }) => hash).filter((hash) => hash.startsWith('photo ')));
      return put(blobs);
    },
  });
  here.system('hr').edit('person', 'p1', { photo: other });
  await here.run();
  await here.run();
  expect(made).toHaveLength(1);
  expect(Buffer.from(photoOf('p1', 'book')).equals(photoOf('p1'))).toBe(true);
});

it('that is none holds that attribute of that person; everything else goes, and it goes when it is replaced', async () => {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  const cut = face.subarray(0, face.length / 2);
  await begun(yaml(), { p1: face, p2: Buffer.from('<svg/>'), p3: cut, p4: png });
  for (const id of ['p1', 'p4']) expect(photoOf(id)).toBeDefined();
  for (const id of ['p2', 'p3']) {
    expect(here.system('dir').get('person', id)!.attributes['mail']).toBe(`${id}@x`);
    expect(photoOf(id)).toBeUndefined();
  }
  expect(await here.run()).toMatchObject({ status: 'done', faults: [], notices: [], rowsWritten: 0 });
  const parked = await here.parked('refused');
  const faults = parked.map(({ detail }) => JSON.parse(detail) as Fault);
  expect(faults.map(({ where }) => [where.object, where.attribute]).sort()).toEqual([
    ['p2', 'jpegPhoto'],
    ['p3', 'jpegPhoto'],
  ]);
  for (const fault of faults) expect(fault).toMatchObject({ kind: 'invalidValue', remedy: expect.stringContaining('JPEG') });
  here.system('hr').edit('person', 'p2', { photo: other });
  here.system('hr').edit('person', 'p3', { photo: other });
  expect(await here.run()).toMatchObject({ faults: [] });
  expect(await here.parked('refused')).toEqual([]);
  expect(await sizeOf(photoOf('p3'))).toMatchObject({ width: 96 });
});

it('that somebody chose in the target itself stays as it is there', async () => {
  await begun(yaml({ known: 'photo: jpegPhoto', top: 'precedence: { person: { photo: [dir, hr] } }' }), { p1: face });
  here.system('dir').edit('person', 'p1', { jpegPhoto: other });
  for (let n = 0; n < 3; n++) await here.run();
  expect(Buffer.from(photoOf('p1')).equals(other)).toBe(true);
});

it('whose write nobody answered is known as ours when it is seen', async () => {
  const dir = 'faults: [{ on: update, times: 1, do: { die: after } }]';
  await begun(yaml({ known: 'photo: jpegPhoto', dir, top: 'precedence: { person: { photo: [dir, hr] } }' }), { p1: face });
  here.system('hr').edit('person', 'p1', { photo: other });
  for (let n = 0; n < 3; n++) await here.run();
  const written = photoOf('p1');
  expect(await sizeOf(written)).toMatchObject({ width: 96 });
  const [person] = await here.store.sync.objects([(await here.account('dir', 'p1'))!.objectId!]);
  expect(JSON.parse(person!.attributes)).toMatchObject({ photo: { size: other.length } });
  here.system('hr').edit('person', 'p1', { photo: null });
  for (let n = 0; n < 2; n++) await here.run();
  expect(photoOf('p1')).toBeUndefined();
});

/** Bytes that the store has lost are never written as none: their attribute waits, the others go. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create')} }\nattributes: { person: { photo: { type: binary } } }`,
  read: 'mail: mail, photo: photo',
  dir: 'mode: on',
  written: 'mail: mail, jpegPhoto: photo',
});
const FACE = new Uint8Array([255, 216, 1, 2, 3]);
const OTHER = new Uint8Array([255, 216, 9]);

let here: Firm;
afterEach(() => here.close());
const account = () => here.system('dir').objects()[0]!.attributes as { readonly [name: string]: unknown };
const person = (mail: string, photo: Uint8Array): void => {
  here.system('hr').put('person', 'p1', { id: 'p1', mail, photo });
};

it('holds the attribute back, of a new account and of one that is there, until the bytes are', async () => {
  here = await firm(YAML);
  person('a@x', FACE);
  await here.run();
  await here.approve('dir');
  const { get } = here.store.blobs;
  const lost = (hash: string): Promise<Uint8Array | null> => Promise.resolve(hash === '' ? new Uint8Array() : null);
  Object.assign(here.store.blobs, { get: lost });
  const { faults } = await here.run();
  expect(account()).toEqual({ number: 'p1', mail: 'a@x' });
  expect(faults[0]).toMatchObject({ where: { connection: 'dir', object: 'p1', attribute: 'jpegPhoto' } });
  Object.assign(here.store.blobs, { get });
  await here.run();
  await here.run();
  expect(account()).toMatchObject({ jpegPhoto: FACE });

  Object.assign(here.store.blobs, { get: lost });
  person('b@x', OTHER);
  await here.run();
  expect(account()).toEqual({ number: 'p1', mail: 'b@x', jpegPhoto: FACE });
  Object.assign(here.store.blobs, { get });
  await here.run();
  await here.run();
  expect(account()).toEqual({ number: 'p1', mail: 'b@x', jpegPhoto: OTHER });
});

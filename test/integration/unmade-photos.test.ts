/** A photo that cannot be made is said as that, once as a fault and then as an item like others: nothing of it waits for an approval. */
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { hrAndDirectory } from './hr-and-directory.ts';
import { type Place, place } from './place.ts';

let here: Place;
beforeEach(async () => {
  here = await place(
    hrAndDirectory({
      read: 'mail: mail, photo: photo',
      dir: 'mode: on\nanchors: system\ncreates: idempotencyKey',
      anchor: null,
      written: 'mail: mail, jpegPhoto: { photo: photo, max: 96x96 }',
    }),
  );
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const face = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#000', noise } })
    .jpeg()
    .toBuffer();
  memorySystem('hr').put('person', 'p1', { id: 'p1', mail: 'p1@x', photo: face.subarray(0, face.length / 2) });
  await here.run();
  await here.call('approve', 'dir', '--as', 'Ada', '--reason', 'looked at it');
});
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'dir']) forgetMemorySystem(name);
});

it('in the run, in the next ones, in explain, in parked and in a plan', async () => {
  expect(await here.run()).toMatchObject({ faultCount: 1, faults: [{ where: { object: 'hr:p1', attribute: 'jpegPhoto' } }] });
  const later = await here.call('run');
  expect([later.code, later.out]).toEqual([0, expect.stringContaining('1 parked item: rollcall parked')]);
  const { out } = await here.call('explain', 'hr:p1');
  expect(out).toMatch(/in step, but for what cannot be made.*\n.*the photo cannot be decoded/);
  expect(out).not.toMatch(/approval|refused by/);
  expect((await here.call('parked')).out).toMatch(
    /refused {2}A value of it cannot be made, and was not sent.*the photo cannot be decoded/s,
  );
  const plan = await here.call('plan');
  expect([plan.code, plan.out]).toEqual([0, expect.stringContaining('rollcall parked --kind refused --connection dir')]);
});

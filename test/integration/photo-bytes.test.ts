/** The bytes of photos are kept once, as bytes, and are nowhere else: in no line that is printed, no fault, no image of an object. */
import { DatabaseSync } from 'node:sqlite';
import sharp from 'sharp';
import { expect } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { sha256Hex } from '#core/digest';
import { slapdOfFile, testOnSlapd } from '../servers/slapd.ts';
import { NO_GATES, openldap } from './directories.ts';
import { hrAndDirectory } from './hr-and-directory.ts';
import { place } from './place.ts';

const server = slapdOfFile({
  serverLines: ['moduleload constraint'],
  lines: ['overlay constraint', 'constraint_attribute jpegPhoto size 20000'],
});

/** What the store keeps by hashes, and everything else in it. */
function columnsOf(file: string): { readonly bytes: string; readonly rest: string } {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const made = db.prepare("select name from sqlite_schema where type = 'table' and sql like 'create table%'").all();
    const tables = made.map(({ name }) => String(name));
    expect(tables).toEqual(expect.arrayContaining(['blob', 'error']));
    const all = (table: string): string =>
      db
        .prepare(`select * from "${table}"`)
        .all()
        .flatMap((row) => Object.values(row))
        .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
        .join('\n');
    const rest = tables.filter((name) => name !== 'blob').map(all);
    return { bytes: all('blob'), rest: rest.join('\n') };
  } finally {
    db.close();
  }
}

/** Some bytes of the middle, in every way in which text may hold them. */
function traces(photo: Uint8Array): readonly string[] {
  const from = Math.floor(photo.length / 6) * 3;
  const bytes = Buffer.from(photo).subarray(from, from + 24);
  const base64 = [0, 1, 2].map((at) => bytes.subarray(at, at + 21).toString('base64'));
  return [
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    bytes.toString('latin1'),
    bytes.toString(),
    [...bytes].join(),
  ];
}

testOnSlapd('photos that are written, that cannot be made and that a directory refuses', async () => {
  const directory = await openldap(await server());
  const book = `  book:
    type: ldap
    mode: on
${await directory.yaml({})}    export:
      person:
        provision: true
        dn: \${"uid=" + person.employeeId + ",${directory.people}"}
        attributes: { uid: employeeId, cn: employeeId, sn: employeeId, jpegPhoto: photo }
`;
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const image = sharp({ create: { width: 120, height: 120, channels: 3, background: '#000', noise } });
  const [face, png] = [await image.jpeg().toBuffer(), await image.png().toBuffer()];
  const photos = { p1: face, p2: face.subarray(0, face.length / 2), p3: png };
  const said = { read: 'photo: photo', dir: 'mode: on', written: 'photo: { photo: photo, max: 64x64 }' };
  const here = await place(hrAndDirectory({ top: NO_GATES, ...said }) + book);
  try {
    for (const [id, photo] of Object.entries(photos)) memorySystem('hr').put('person', id, { id, photo });
    const printed: string[] = [];
    const call = async (...argv: readonly string[]): Promise<void> => {
      const { out, err } = await here.call(...argv);
      printed.push(out, err);
    };
    const both = async (...argv: readonly string[]): Promise<void> => {
      await call(...argv);
      await call(...argv, '--json');
    };
    await both('plan', '--read');
    await both('run');
    for (const name of ['book', 'dir']) await call('approve', name, '--as', 'Ada', '--reason', 'looked at it');
    await call('plan');
    await both('run');
    await both('run', '--profile', 'full-import');
    for (const name of ['parked', 'runs', 'decisions']) await both(name);
    for (const id of Object.keys(photos)) {
      for (const name of ['explain', 'history']) await both(name, `hr:${id}`);
      await both('preview', 'hr', id);
    }
    for (const run of ['1', '3', '4']) await both('run', 'show', run);
    const text = printed.join('\n');
    const { bytes, rest } = columnsOf(here.path('rollcall.db'));
    for (const told of ['the photo cannot be decoded', 'breaks constraint on jpegPhoto'])
      for (const kept of [text, rest]) expect(kept).toContain(told);
    expect(rest).toContain(sha256Hex(face));
    const made = ['p1', 'p3'].map((id) => memorySystem('dir').get('person', id)!.attributes['photo'] as Uint8Array);
    for (const photo of [...Object.values(photos), ...made]) {
      const found = traces(photo);
      expect(found.filter((one) => bytes.includes(one))).not.toEqual([]);
      expect(found.filter((one) => text.includes(one) || rest.includes(one))).toEqual([]);
    }
  } finally {
    await here.remove();
    for (const name of ['hr', 'dir']) forgetMemorySystem(name);
  }
});

/** A real directory, if it is there: ROLLCALL_PLANETEXPRESS names its folder, else ../shared/data/planetexpress is tried. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { ReadObject, WriteItem, WriteValue } from '#connectors/contract';
import { type LdifItem, parseLdif } from '#protocols/ldap/ldif';
import { normalise } from '#protocols/ldap/ldif-normal';
import { ldif } from './index.ts';

const data = resolve(process.env.ROLLCALL_PLANETEXPRESS ?? join(import.meta.dirname, '../../../../shared/data/planetexpress'));
const there = existsSync(data);
const name = 'Planet Express: imported, written to a new file, read back equal';

function entriesOf(items: readonly LdifItem[]) {
  return items.flatMap((item) => (item.type === 'entry' ? [item] : []));
}

test.skipIf(!there)(there ? name : `${name} (skipped: no folder ${data}; set ROLLCALL_PLANETEXPRESS)`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-planet-'));
  const connect = (path: string) => {
    const config = ldif.config.parse({ path, others: true });
    return ldif.open(config, {
      connection: 'planet',
      folder,
      limits: { maxObjectBytes: 1 << 24 },
      warn: (fault) => expect(fault.kind).toBe('notFound'),
    });
  };
  const readFile = async (path: string): Promise<ReadObject[]> => {
    const connection = connect(path);
    const objects: ReadObject[] = [];
    for await (const page of connection.read!.read({ signal: new AbortController().signal })) {
      objects.push(...(page.objects as ReadObject[]));
      if (page.end !== undefined) expect(page.end).toMatchObject({ complete: true });
    }
    await connection.close();
    return objects;
  };
  try {
    const files = readdirSync(data).filter((file) => file.endsWith('.ldif'));
    const objects = (await Promise.all(files.map((file) => readFile(join(data, file))))).flat();
    expect(objects).toHaveLength(10);
    // The children first: the writer puts the parent before them.
    const items = objects.reverse().map((object, i): WriteItem => {
      const set = object.attributes as { [attribute: string]: WriteValue };
      return { attempt: String(i), operation: 'create', kind: object.kind, anchor: null, name: object.name!, set };
    });
    const target = connect('planet.ldif');
    expect((await target.write!.write(items)).filter((result) => !result.ok)).toEqual([]);
    await target.write!.commit!();
    await target.close();
    const original = normalise(files.flatMap((file) => entriesOf(parseLdif(readFileSync(join(data, file))))));
    const written = entriesOf(parseLdif(readFileSync(join(folder, 'planet.ldif'))));
    expect(normalise(written)).toEqual(original);
    expect(written[0]?.dn).toBe('ou=people,dc=planetexpress,dc=com');
    expect(written.map((entry) => entry.dn)).toContain('cn=Amy Wong+sn=Kroker,ou=people,dc=planetexpress,dc=com');
    const photos = written.flatMap((entry) => entry.attributes.jpegPhoto ?? []);
    expect(photos).toHaveLength(5);
    for (const photo of photos as Uint8Array[])
      expect([photo[0], photo[1], photo.at(-2), photo.at(-1)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
    const key = (object: ReadObject) => `${object.kind} ${object.anchor}`;
    expect((await readFile('planet.ldif')).map(key).sort()).toEqual(objects.map(key).sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

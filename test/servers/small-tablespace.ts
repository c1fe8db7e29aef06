/** A database that runs out of room, on the server that all tests share. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SmallDisk, smallDisk } from '../small-disk.ts';
import { command, database, type TestDatabase } from './postgres.ts';

/** An empty database whose tables are on a small disk. The server's log is not: without room for that it stops, and nothing can be said. */
export async function onSmallTablespace(megabytes: number): Promise<TestDatabase & { readonly disk: SmallDisk }> {
  const parent = mkdtempSync(join(tmpdir(), 'rollcall-tablespace-'));
  chmodSync(parent, 0o755);
  const small = smallDisk(join(parent, 'disk'), megabytes);
  const tables = join(small.folder, 'tables');
  mkdirSync(tables);
  const [uid, gid] = ['-u', '-g'].map((what) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' })));
  chownSync(tables, uid!, gid!);
  const name = `rollcall_test_${Date.now()}_small`;
  await command(`create tablespace ${name} location '${tables}'`);
  await command(`create database ${name} tablespace ${name}`);
  const one = await database(name);
  return {
    ...one,
    disk: small,
    async remove() {
      await one.remove();
      await command(`drop tablespace ${name}`);
      small.remove();
      rmSync(parent, { recursive: true });
    },
  };
}

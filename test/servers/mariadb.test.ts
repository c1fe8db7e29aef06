/** The MariaDB servers of tests are what mariadb.ts says of them. */
import { expect } from 'vitest';
import { freshMariadbDatabase, mariadb, startMariadb, testOnMariadb } from './mariadb.ts';
import { expectNothingLeft } from './orphaned.ts';

testOnMariadb('two fresh databases know nothing of each other, and are gone when they are removed', async () => {
  const [one, other] = [await freshMariadbDatabase(), await freshMariadbDatabase()];
  await mariadb(one, "create table t (name text); insert into t values ('Zoë')");
  expect(await mariadb(one, 'select name from t')).toBe('Zoë\n');
  await expect(mariadb(other, 'select name from t')).rejects.toThrow("doesn't exist");
  await expect(mariadb(other, `select name from ${one.database}.t`)).rejects.toThrow('denied');
  await Promise.all([one.remove(), other.remove()]);
  await expect(mariadb(one, 'select 1')).rejects.toThrow('Access denied');
});

testOnMariadb('a killed server has what it had; nobody is let in without the password', async () => {
  await using server = await startMariadb();
  await mariadb(server, "create database d; create table d.t (name text); insert into d.t values ('ada')");
  const { pid } = server;
  await server.kill();
  await expect(mariadb(server, 'select 1')).rejects.toThrow("Can't connect");
  await server.start();
  expect(server.pid).not.toBe(pid);
  expect(await mariadb(server, 'select name from d.t')).toBe('ada\n');
  await expect(mariadb({ ...server, password: '' }, 'select 1')).rejects.toThrow('Access denied');
});

testOnMariadb('nothing is left of a server whose owner was killed', () => expectNothingLeft('mariadb.ts', 'startMariadb', {}));

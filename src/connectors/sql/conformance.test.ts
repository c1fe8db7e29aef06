import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'vitest';
import { freshDatabase, testOnPostgres, withClient } from '../../../test/servers/postgres.ts';
import { MARIADB } from '../../../test/servers/sql-databases.ts';
import { type Bench, connectorConformance, type SeedObject, type Subject } from '../conformance/index.ts';
import { sql } from './index.ts';

const TABLES = `create table person (id varchar(100) primary key, name text, note text);
  create table tags (person varchar(100) not null references person (id), tag varchar(100) not null)`;

const KINDS = {
  person: { table: 'person', key: 'id', lists: { tags: { table: 'tags', key: 'person', value: 'tag' } } },
};

const quoted = (text: string | undefined): string => (text === undefined ? 'null' : `'${text.replaceAll("'", "''")}'`);

const seeded = ({ key, text, other, list = [] }: SeedObject): string =>
  [
    `insert into person values (${quoted(key)}, ${quoted(text)}, ${quoted(other)})`,
    ...list.map((tag) => `insert into tags values (${quoted(key)}, ${quoted(tag)})`),
  ].join(';\n');

const lacks = {
  resume: 'a million rows are read in seconds, and only one transaction shows one moment',
  commit: 'every batch is a transaction of its own',
  fingerprint: 'a database has no digest of its content',
  watch: 'nobody is called when a table changes',
  deltas: 'these tables do not say what changed',
};

const { deltas: _, ...withDeltas } = lacks;

const subject: Omit<Subject<never>, 'make' | 'lacks' | 'definition'> = {
  kind: 'person',
  attributes: { text: 'name', other: 'note', list: 'tags' },
  anchor: (key) => key,
};

describe('SQLite', () => {
  connectorConformance(
    { describe, test, skip: (name) => test.skip(name) },
    {
      ...subject,
      definition: sql,
      lacks: { ...lacks, clock: 'it is this program, and has the time of this machine' },
      async make(seeds) {
        const folder = await mkdtemp(join(tmpdir(), 'rollcall-sql-'));
        const file = join(folder, 'people.db');
        const db = new DatabaseSync(file);
        db.exec([TABLES, ...seeds.map(seeded)].join(';\n'));
        db.close();
        return {
          folder,
          config: { url: 'sqlite:people.db', kinds: KINDS },
          ruin: () => writeFile(file, 'no database at all, whatever its name is'.repeat(100)),
          dispose: () => rm(folder, { recursive: true }),
        };
      },
    },
  );
});

const CHANGES = `create table changes (number bigint generated always as identity primary key, person text not null);
  create function changed() returns trigger language plpgsql as $$
    begin insert into changes (person) values (coalesce(new.id, old.id)); return null; end $$;
  create trigger changed after insert or update or delete on person for each row execute function changed()`;

describe('MariaDB', () => {
  connectorConformance(
    { describe, test: (name, body) => MARIADB.test(name, body), skip: (name) => test.skip(name) },
    {
      ...subject,
      definition: sql,
      lacks: withDeltas,
      async make(seeds): Promise<Bench> {
        const { settings, folder, execute, remove } = await MARIADB.fresh();
        const log = (at: string, row: string): string =>
          `create trigger ${at}_person after ${at} on person for each row insert into changes (person) values (${row}.id)`;
        const changes = 'create table changes (number bigint auto_increment primary key, person varchar(100) not null)';
        await execute(
          TABLES.replaceAll(' text', ' longtext'),
          changes,
          log('insert', 'new'),
          log('update', 'new'),
          log('delete', 'old'),
          ...seeds.map(seeded),
        );
        const delta = { changes: 'changes', order: 'number', key: 'person' };
        return {
          folder,
          config: { ...settings, kinds: { person: { ...KINDS.person, delta } } },
          change: (edit) => execute(...edited(edit)),
          ruin: remove,
          dispose: remove,
        };
      },
    },
  );
});

const edited = ({ put, set, remove: gone }: Parameters<NonNullable<Bench['change']>>[0]): string[] => [
  ...(put === undefined ? [] : [seeded(put)]),
  ...(set === undefined ? [] : [`update person set name = ${quoted(set.text)} where id = ${quoted(set.key)}`]),
  ...(gone === undefined ? [] : [`delete from person where id = ${quoted(gone)}`]),
];

describe('PostgreSQL', () => {
  connectorConformance(
    { describe, test: (name, body) => testOnPostgres(name, body), skip: (name) => test.skip(name) },
    {
      ...subject,
      definition: sql,
      lacks: withDeltas,
      async make(seeds): Promise<Bench> {
        const { url, remove } = await freshDatabase();
        const execute = (...statements: string[]): Promise<void> =>
          withClient(url, async (client) => void (await client.query(statements.join(';\n'))));
        await execute(TABLES, CHANGES, ...seeds.map(seeded));
        const { username, password, host, pathname } = new URL(url);
        const delta = { changes: 'changes', order: 'number', key: 'person' };
        return {
          folder: tmpdir(),
          config: {
            url: `postgres://${host}${pathname}`,
            user: username,
            password,
            kinds: { person: { ...KINDS.person, delta } },
          },
          change: (edit) => execute(...edited(edit)),
          ruin: remove,
          dispose: remove,
        };
      },
    },
  );
});

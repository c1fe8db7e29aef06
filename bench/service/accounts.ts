/**
 * What the suite's target holds: accounts in a file, so that they take no memory of the server. It does not wait for the disk: how a target
 * keeps what it was told is its own cost.
 */
import { DatabaseSync } from 'node:sqlite';
import type { Page, ReadObject, WriteItem, WriteResult } from '#connectors/contract';

export interface Accounts {
  write(items: readonly WriteItem[]): readonly WriteResult[];
  close(): void;
}

const MEMBER = 'member';
const PAGE = 1_000;

const TABLES = `
  pragma journal_mode = wal; pragma synchronous = off;
  create table if not exists account (anchor text primary key, kind text not null, attributes text not null) without rowid, strict;
  create table if not exists member (anchor text not null, value text not null, primary key (anchor, value)) without rowid, strict`;

export function openAccounts(file: string): Accounts {
  const db = new DatabaseSync(file);
  db.exec(TABLES);
  const read = db.prepare('select attributes from account where anchor = ?');
  const keep = db.prepare('insert or replace into account (anchor, kind, attributes) values (?, ?, ?)');
  const join = db.prepare('insert or ignore into member (anchor, value) values (?, ?)');
  const membersOf = membersIn(db);
  const leave = db.prepare('delete from member where anchor = ? and value = ?');
  const one = ({ operation, kind, anchor: given, set, add, remove }: WriteItem): WriteResult => {
    const anchor = given!;
    const { [MEMBER]: members = [], ...rest } = set;
    for (const value of [members, add?.[MEMBER] ?? []].flat()) join.run(anchor, String(value));
    for (const value of remove?.[MEMBER] ?? []) leave.run(anchor, String(value));
    if (operation === 'update' && Object.keys(set).length === 0) return { ok: true, anchor, edited: true };
    const before = operation === 'create' ? undefined : read.get(anchor);
    const attributes = { ...(before === undefined ? {} : (JSON.parse(String(before['attributes'])) as object)), ...rest };
    keep.run(anchor, kind, JSON.stringify(attributes));
    return { ok: true, anchor, object: { kind, anchor, attributes: { ...attributes, ...membersOf(kind, anchor) } } };
  };
  return {
    write(items) {
      db.exec('begin');
      const results = items.map(one);
      db.exec('commit');
      return results;
    },
    close: () => db.close(),
  };
}

/** Everything as it is when the first page is asked for. */
export function* accountsIn(file: string): Generator<Page> {
  const db = new DatabaseSync(file);
  try {
    db.exec(TABLES);
    const membersOf = membersIn(db);
    db.exec('begin');
    let objects: ReadObject[] = [];
    for (const row of db.prepare('select anchor, kind, attributes from account').iterate()) {
      const [anchor, kind] = [String(row['anchor']), String(row['kind'])];
      const attributes = JSON.parse(String(row['attributes'])) as ReadObject['attributes'];
      objects.push({ kind, anchor, attributes: { ...attributes, ...membersOf(kind, anchor) } });
      if (objects.length < PAGE) continue;
      yield { objects };
      objects = [];
    }
    yield { objects, end: { complete: true } };
  } finally {
    db.close();
  }
}

function membersIn(db: DatabaseSync): (kind: string, anchor: string) => ReadObject['attributes'] {
  const members = db.prepare('select value from member where anchor = ?');
  return (kind, anchor) => (kind === 'person' ? {} : { [MEMBER]: members.all(anchor).map(({ value }) => String(value)) });
}

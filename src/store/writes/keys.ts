/** The key tables. A key of a unique scope has one owner; the staged rows' own keys are listed in their row. */
import type { StagedKey } from '../contract.ts';
import type { Session } from './session.ts';

/** Scopes that begin so have one owner per key. */
export function isUnique(scope: string): boolean {
  return scope.startsWith('unique:') || scope.startsWith('join!:');
}

/** False when somebody else owns it. */
export function addKey(session: Session, scope: string, norm: string, owner: number): boolean {
  const { db } = session;
  const term = session.term(scope);
  if (!isUnique(scope)) {
    db.run(
      'object_key',
      'insert into object_key (scope, norm, owner) values (?, ?, ?) on conflict do nothing',
      term,
      norm,
      owner,
    );
    return true;
  }
  if (
    db.run(
      'unique_key',
      'insert into unique_key (scope, norm, owner) values (?, ?, ?) on conflict do nothing',
      term,
      norm,
      owner,
    ) === 1
  )
    return true;
  return Number(db.get('select owner from unique_key where scope = ? and norm = ?', term, norm)![0]) === owner;
}

/** The unique twin of a plain join scope; null for any other. */
export function strongTwin(scope: string): string | null {
  return scope.startsWith('join:') ? `join!:${scope.slice('join:'.length)}` : null;
}

export function removeKey(session: Session, scope: string, norm: string, owner: number): void {
  const table = isUnique(scope) ? 'unique_key' : 'object_key';
  session.db.run(table, `delete from ${table} where scope = ? and norm = ? and owner = ?`, session.term(scope), norm, owner);
  const twin = strongTwin(scope);
  if (twin !== null) removeKey(session, twin, norm, owner);
}

/** The list as a staged row keeps it; null when there is none. */
export function keyList(keys: readonly StagedKey[]): string | null {
  if (keys.length === 0) return null;
  return JSON.stringify(
    keys.map((key) => [key.scope, key.norm]).sort((a, b) => (a[0]! < b[0]! ? -1 : a[0]! > b[0]! ? 1 : a[1]! < b[1]! ? -1 : 1)),
  );
}

/** Makes the key table follow a staged row's list. */
export function replaceStagedKeys(session: Session, stagedId: number, before: string | null, after: string | null): void {
  if (before === after) return;
  const had = before === null ? [] : (JSON.parse(before) as [string, string][]);
  const has = after === null ? [] : (JSON.parse(after) as [string, string][]);
  const text = (key: [string, string]): string => `${key[0]}\u001f${key[1]}`;
  const old = new Set(had.map(text));
  const now = new Set(has.map(text));
  for (const key of had) if (!now.has(text(key))) removeKey(session, key[0], key[1], stagedId);
  for (const key of has) if (!old.has(text(key))) addKey(session, key[0], key[1], stagedId);
}

/** What is gone from a system has its unique values there no more. */
export function forgetStagedKeys(session: Session, stagedId: number, before: string | null): void {
  if (before === null) return;
  replaceStagedKeys(session, stagedId, before, null);
  session.db.run('staged', 'update staged set keys = null where id = ?', stagedId);
}

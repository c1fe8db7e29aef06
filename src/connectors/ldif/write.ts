/** Writes into a content file: one answer an item, all or nothing on commit. */
import { hash } from 'node:crypto';
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { parseDn } from '#core/dn';
import { RollcallError, toFault } from '#core/errors';
import { createdEntry, type Entry, findName, sameEntry, updatedEntry } from '#protocols/ldap/edits';
import type { LdifAttributes } from '#protocols/ldap/ldif';
import { nameKey } from '#protocols/ldap/names';
import { fileFault } from '../files/faults.ts';
import type { Plan } from './config.ts';
import { Draft } from './draft.ts';
import { anchorOf, objectOf } from './view.ts';

export interface ContentWriter extends Writer {
  close(): Promise<void>;
}

/** What is wrong with one item; anything else is wrong with the file. */
const PER_ITEM: ReadonlySet<string> = new Set(['notFound', 'conflict', 'invalidValue']);

export function contentWriter(plan: Plan): ContentWriter {
  let draft: Draft | null = null;
  /** What broke the draft: the next commit has to fail, since earlier answers were given for it. */
  let broken: { readonly error: unknown } | null = null;

  async function drop(): Promise<void> {
    const open = draft;
    draft = null;
    broken = null;
    await open?.close();
  }

  return {
    creates: { by: 'callerKey' },
    batch: { items: 1000 },
    async write(items) {
      if (broken !== null) throw broken.error;
      draft ??= await Draft.open(plan);
      const open = draft;
      const results: WriteResult[] = [];
      for (const item of items) {
        try {
          results.push(writeOne(open, item, plan));
        } catch (error) {
          if (!(error instanceof RollcallError) || !PER_ITEM.has(error.kind)) {
            broken = { error: fileFault(error, plan.path) };
            throw broken.error;
          }
          const object = item.name ?? item.anchor ?? undefined;
          results.push({ ok: false, fault: toFault(error, { file: plan.path, ...(object === undefined ? {} : { object }) }) });
        }
      }
      return results;
    },
    async commit() {
      try {
        if (broken !== null) throw broken.error;
        draft ??= await Draft.open(plan);
        return { fingerprint: await draft.commit() };
      } finally {
        await drop();
      }
    },
    close: drop,
  };
}

function writeOne(draft: Draft, item: WriteItem, plan: Plan): WriteResult {
  if (item.operation === 'create') return create(draft, item, plan);
  const stored = item.anchor === null ? null : draft.byAnchor(item.anchor);
  if (stored === null) {
    const unreadable = plan.anchor === 'dn' && item.anchor !== null && draft.has(nameKey(item.anchor) ?? '');
    if (unreadable) {
      throw new RollcallError('invalidValue', 'the entry is in the file and cannot be read, so it is not written', {
        remedy: 'mend it first; the warnings of the read say what is wrong',
      });
    }
    throw new RollcallError('notFound', 'the file has no entry with this anchor', { remedy: 'read the file again' });
  }
  if (item.operation === 'delete') {
    if (draft.hasBelow(nameKey(stored.dn)!)) {
      throw new RollcallError('conflict', 'the entry has others below it', { remedy: 'delete or move those first' });
    }
    draft.remove(stored);
    return { ok: true, anchor: item.anchor!, name: stored.dn };
  }
  const dn = item.name === undefined || nameKey(item.name) === nameKey(stored.dn) ? stored.dn : usableName(item.name);
  if (dn !== stored.dn && draft.has(nameKey(dn)!)) throw taken();
  const entry = updatedEntry(stored, dn, item);
  checkKind(entry, item, plan);
  const anchor = anchorOf(dn, entry.attributes, plan);
  if (plan.anchor !== 'dn' && anchor !== item.anchor) {
    throw new RollcallError('invalidValue', `"${plan.anchor}" is the anchor and never changes`, {
      remedy: 'take it out of the flow',
    });
  }
  if (!sameEntry(stored, entry)) draft.update(stored, entry);
  return answer(entry, item, anchor, plan);
}

function create(draft: Draft, item: WriteItem, plan: Plan): WriteResult {
  const dn = usableName(item.name ?? (plan.anchor === 'dn' ? item.anchor : null));
  if (draft.has(nameKey(dn)!)) throw taken();
  const entry = createdEntry(dn, item, plan.classesOf(item.kind));
  giveAnchor(entry, item, plan);
  checkKind(entry, item, plan);
  const anchor = anchorOf(dn, entry.attributes, plan);
  if (draft.hasAnchor(anchor)) {
    throw new RollcallError('conflict', 'an entry with this anchor exists already', {
      where: { attribute: plan.anchor },
      remedy: 'read the file again; the entry can be adopted',
    });
  }
  draft.create(entry);
  return answer(entry, item, anchor, plan);
}

/** The entry as a read will show it; left out where only members were added or removed, whose list may be long. */
function answer(entry: Entry, item: WriteItem, anchor: string, plan: Plan): WriteResult {
  const membersOnly = (item.add !== undefined || item.remove !== undefined) && Object.keys(item.set).length === 0;
  const attributes: LdifAttributes = Object.assign(Object.create(null), entry.attributes);
  const object = membersOnly ? null : objectOf({ dn: entry.dn, attributes }, plan);
  return { ok: true, anchor, name: entry.dn, ...(object === null ? {} : { object }) };
}

/** What a directory would assign. The same attempt gives the same id, so that a repeated run gives the same file. */
function giveAnchor(entry: Entry, item: WriteItem, plan: Plan): void {
  if (plan.anchor === 'dn' || findName(entry.attributes, plan.anchor) !== undefined) return;
  if (item.anchor !== null) entry.attributes[plan.anchor] = [item.anchor];
  else if (plan.anchor === 'entryUUID') {
    const hex = hash('sha256', `${item.attempt}\0${nameKey(entry.dn)}`, 'hex');
    // RFC 9562 5.8: version 8, made by its own rule.
    entry.attributes.entryUUID = [
      `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
    ];
  }
}

function usableName(name: string | null): string {
  const names = name === null ? null : parseDn(name);
  if (name !== null && names !== null && names.length > 0 && name.isWellFormed()) return name;
  throw new RollcallError('invalidValue', name === null ? 'a new entry needs a DN' : 'the name is no DN', {
    remedy: `${name === null ? 'add dn to' : 'correct dn in'} the export rule: \${"uid=" + person.login + ",ou=people,dc=example,dc=org"}`,
  });
}

/** An entry of another class would read back as another kind, and this one as gone. */
function checkKind(entry: Entry, item: WriteItem, plan: Plan): void {
  const classes = entry.attributes.objectClass ?? [];
  if (plan.kindOf(classes) === item.kind) return;
  throw new RollcallError('invalidValue', `an entry of class ${classes.join(', ') || '(none)'} is no ${item.kind} here`, {
    where: { attribute: 'objectClass' },
    remedy: `name the classes of a new ${item.kind} under "objectClasses:", and the class that makes it one under "kinds:"`,
  });
}

function taken(): RollcallError {
  return new RollcallError('conflict', 'an entry with this DN exists already', {
    where: { attribute: 'dn' },
    remedy: 'read the file again; the entry can be adopted',
  });
}

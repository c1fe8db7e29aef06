/**
 * Change records name entries by their DN of the moment; the engine knows them by an anchor that stays. The anchor of an
 * entry in a change log is the DN it first had there, and this list of renames translates, containers included.
 */
import { RollcallError } from '#core/errors';
import { isWithin } from '#protocols/ldap/names';

/** Name keys. */
export type Rename = readonly [from: string, to: string];

/** Keeps cursors under 64 KB. */
const MAX_CHARACTERS = 48_000;

export class Renames {
  readonly list: Rename[];
  #size = 0;

  constructor(list: readonly Rename[] = []) {
    this.list = [];
    for (const [from, to] of list) this.add(from, to);
  }

  add(from: string, to: string): void {
    this.#size += from.length + to.length + 8;
    if (this.#size > MAX_CHARACTERS) {
      throw new RollcallError('invalidValue', 'there are more renames in this change log than can be followed', {
        remedy: 'start a new log from a full export, or read the entries themselves with an anchor such as entryUUID',
      });
    }
    this.list.push([from, to]);
  }

  /** Throws invalidValue where a name was given up by one entry and taken by another: the log cannot tell them apart. */
  anchorOf(key: string): string {
    let anchor = key;
    for (let i = this.list.length - 1; i >= 0; i--) {
      const [from, to] = this.list[i]!;
      if (isWithin(anchor, to)) anchor = anchor.slice(0, anchor.length - to.length) + from;
      else if (isWithin(anchor, from)) {
        throw new RollcallError('invalidValue', 'this name belonged to an entry that was renamed in the same log', {
          remedy: 'read the entries themselves with an anchor such as entryUUID',
        });
      }
    }
    return anchor;
  }

  nameOf(anchor: string): string {
    let key = anchor;
    for (const [from, to] of this.list) if (isWithin(key, from)) key = key.slice(0, key.length - from.length) + to;
    return key;
  }
}

/** Who has a key. Nearly always one object, which is then kept without a list. */
import type { ObjectId } from '#store/contract';

export class KeyOwners {
  readonly #owners = new Map<string, ObjectId | ObjectId[]>();

  has(key: string): boolean {
    return this.#owners.has(key);
  }
  /** [] when nobody has it. */
  of(key: string): readonly ObjectId[] {
    const owners = this.#owners.get(key);
    return owners === undefined ? [] : typeof owners === 'number' ? [owners] : owners;
  }
  add(key: string, owner: ObjectId): void {
    const owners = this.#owners.get(key);
    if (owners === undefined) this.#owners.set(key, owner);
    else if (typeof owners === 'number') this.#owners.set(key, [owners, owner]);
    else owners.push(owner);
  }
  /** Answers the keys it had. */
  remove(owner: ObjectId): string[] {
    const had: string[] = [];
    for (const [key, owners] of this.#owners) {
      if (owners === owner) {
        had.push(key);
        this.#owners.delete(key);
      } else if (typeof owners !== 'number' && owners.includes(owner)) {
        had.push(key);
        const others = owners.filter((one) => one !== owner);
        if (others.length > 0) this.#owners.set(key, others);
        else this.#owners.delete(key);
      }
    }
    return had;
  }
  get size(): number {
    return this.#owners.size;
  }
  keys(): Iterable<string> {
    return this.#owners.keys();
  }
  clear(): void {
    this.#owners.clear();
  }
}

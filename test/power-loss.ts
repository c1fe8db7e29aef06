/**
 * A folder as it is after a power cut: of each file what was synced, under the names that were synced. What a process did is
 * replayed call by call; whatever nobody synced is lost. (A disk may keep some of it; that it may lose all is what counts.)
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileCall } from './traced.ts';

interface Content {
  live: Buffer;
  durable: Buffer;
}

export class PowerLoss {
  readonly #live = new Map<string, Content>();
  readonly #durable = new Map<string, Content>();
  /** By descriptor: what it is open on, and where it writes next; null = always at the end. */
  readonly #open = new Map<number, { readonly content: Content; at: number | null }>();

  readonly #folder: string;

  /** Of a folder in which there was at first, and durable, what is in its copy. */
  constructor(folder: string, copy: string) {
    this.#folder = folder;
    for (const name of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
      if (!statSync(join(copy, name)).isFile()) continue;
      const bytes = readFileSync(join(copy, name));
      const content = { live: bytes, durable: bytes };
      this.#live.set(join(folder, name), content);
      this.#durable.set(join(folder, name), content);
    }
  }

  replay(call: FileCall): void {
    if (call.call === 'open') this.#opened(call);
    else if (call.call === 'write') this.#wrote(call);
    else if (call.call === 'truncate') this.#cut(call.path, call.size);
    else if (call.call === 'sync') this.#synced(call.path);
    else {
      const content = this.#live.get(call.path);
      this.#live.delete(call.path);
      if (call.call === 'rename' && content) this.#live.set(call.to, content);
    }
  }

  /** Whether all of it, and its name, would outlive a power cut; true where there is no such file. */
  isDurable(path: string): boolean {
    const content = this.#live.get(path);
    return content === undefined || (content === this.#durable.get(path) && content.live.equals(content.durable));
  }

  /** Whether there would be a file of that name. */
  isNamed(path: string): boolean {
    return this.#durable.has(path);
  }

  /** Whether its bytes would, whatever it is called. */
  isSynced(path: string): boolean {
    const content = this.#live.get(path);
    return content === undefined || content.live.equals(content.durable);
  }

  /** Names of what is there. */
  files(): string[] {
    return [...this.#live.keys()];
  }

  /** What a power cut leaves, as files of another folder. */
  leave(to: string): void {
    for (const [path, { durable }] of this.#durable) {
      const file = join(to, path.slice(this.#folder.length));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, durable);
    }
  }

  #opened({ path, fd, flags }: Extract<FileCall, { call: 'open' }>): void {
    let content = this.#live.get(path);
    if (content === undefined && flags.includes('O_CREAT') && path.startsWith(`${this.#folder}/`)) {
      content = { live: Buffer.alloc(0), durable: Buffer.alloc(0) };
      this.#live.set(path, content);
    }
    if (content === undefined) {
      this.#open.delete(fd);
      return;
    }
    if (flags.includes('O_TRUNC')) content.live = Buffer.alloc(0);
    this.#open.set(fd, { content, at: flags.includes('O_APPEND') ? null : 0 });
  }

  #wrote({ path, fd, bytes, at }: Extract<FileCall, { call: 'write' }>): void {
    const file = this.#open.get(fd);
    if (file === undefined || !path.startsWith(`${this.#folder}/`)) return;
    const { content } = file;
    const from = at ?? file.at ?? content.live.length;
    const live = Buffer.alloc(Math.max(content.live.length, from + bytes.length));
    content.live.copy(live);
    bytes.copy(live, from);
    content.live = live;
    if (at === null && file.at !== null) file.at += bytes.length;
  }

  #cut(path: string, size: number): void {
    const content = this.#live.get(path);
    if (content === undefined) return;
    const live = Buffer.alloc(size);
    content.live.copy(live);
    content.live = live;
  }

  #synced(path: string): void {
    const content = this.#live.get(path);
    if (content !== undefined) {
      content.durable = content.live;
      return;
    }
    for (const name of new Set([...this.#live.keys(), ...this.#durable.keys()])) {
      if (dirname(name) !== path) continue;
      const now = this.#live.get(name);
      if (now === undefined) this.#durable.delete(name);
      else this.#durable.set(name, now);
    }
  }
}

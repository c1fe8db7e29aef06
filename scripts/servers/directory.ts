/** What directory servers of tests have in common: what they are told, and what they say of themselves. */
import { keep, type Server } from './keep.ts';
import type { Kind } from './packages.ts';

export interface DirectoryServer {
  /** In good order (SIGTERM), which takes some a second or two, or at once (SIGKILL). */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** With the addresses and the entries that it had. */
  start(): Promise<void>;
  /** A copy of its databases, kept until the server is removed; the server is stopped meanwhile. */
  save(): Promise<void>;
  /** The databases are what they were at the last `save`, as where a backup was put back. */
  restore(): Promise<void>;
  /** Nothing of what was in it, and other ids, as of a server that was set up anew. It runs afterwards. */
  replace(): Promise<void>;
  /** Nothing is left of it. */
  remove(): Promise<void>;
}

/** `more`: what this kind can be told besides. @throws when it is not installed, may not run, or does not start: what it said. */
export async function startDirectory<Told extends object, More extends object>(
  kind: Kind,
  options: object,
  more: (server: Server<Told>) => More,
): Promise<Told & DirectoryServer & More> {
  const server = await keep<Told>(kind, options);
  const common: DirectoryServer = {
    stop: () => server.tell('stop'),
    kill: () => server.tell('kill'),
    start: () => server.tell('start'),
    save: () => server.tell('save'),
    restore: () => server.tell('restore'),
    replace: () => server.tell('replace'),
    remove: () => server.remove(),
  };
  return Object.assign(server.told, common, more(server));
}

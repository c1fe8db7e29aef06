/**
 * The socket of a service that has a SQLite store: beside the store, and only its owner's. Commands that find the store in use ask there
 * for what they would have done themselves.
 */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Configuration } from '#config/model';

/** Longest path of a socket that every system takes, in bytes. */
const LONGEST = 100;

/** Null where a store can be worked on by several processes. */
export function socketOf(store: Configuration['store']): string | null {
  if (store.kind !== 'sqlite') return null;
  const path = `${resolve(store.path)}.sock`;
  const short = createHash('sha256').update(path).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\rollcall-${short}`;
  return Buffer.byteLength(path) <= LONGEST ? path : join(tmpdir(), `rollcall-${short}.sock`);
}

/** Whether somebody listens there. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolved) => {
    const socket = connect(path);
    const end = (there: boolean): void => {
      socket.destroy();
      resolved(there);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

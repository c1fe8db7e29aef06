/** Controls of requests and of their answers, each with where it is written down. */
import { BerReader, BOOLEAN, ENUMERATED, element, INTEGER, integer, OCTETS, octets, SEQUENCE, SET } from './ber.ts';
import { encodeFilter, type Filter } from './filter.ts';
import type { ResponseControl } from './responses.ts';

export interface Control {
  readonly oid: string;
  /** A server that does not know it refuses the request. */
  readonly critical?: boolean;
  readonly value?: Uint8Array;
}

/** RFC 2696. */
export const PAGED = '1.2.840.113556.1.4.319';
/** RFC 4528. */
export const ASSERTION = '1.3.6.1.1.12';
/** RFC 4527. */
export const POST_READ = '1.3.6.1.1.13.2';
/** RFC 4533. */
export const SYNC_REQUEST = '1.3.6.1.4.1.4203.1.9.1.1';
export const SYNC_STATE = '1.3.6.1.4.1.4203.1.9.1.2';
export const SYNC_DONE = '1.3.6.1.4.1.4203.1.9.1.3';
export const SYNC_INFO = '1.3.6.1.4.1.4203.1.9.1.4';
/** MS-ADTS 3.1.1.3.4.1: permissive modify, deleted objects, DirSync, notification. */
export const PERMISSIVE_MODIFY = '1.2.840.113556.1.4.1413';
export const SHOW_DELETED = '1.2.840.113556.1.4.417';
export const DIRSYNC = '1.2.840.113556.1.4.841';
export const NOTIFICATION = '1.2.840.113556.1.4.528';
/** RFC 3296: entries that refer elsewhere are shown as what they are. */

export function controlValue(controls: readonly ResponseControl[], oid: string): Buffer | undefined {
  return controls.find((control) => control.oid === oid)?.value;
}

export function paged(size: number, cookie: Uint8Array): Control {
  return { oid: PAGED, critical: true, value: element(SEQUENCE, integer(size), octets(cookie)) };
}

/** Where the next page is; empty at the end. */
export function pagedCookie(controls: readonly ResponseControl[]): Buffer {
  const value = controlValue(controls, PAGED);
  if (value === undefined) return Buffer.alloc(0);
  const reader = new BerReader(value).inside(SEQUENCE);
  reader.integer();
  return Buffer.from(reader.octets());
}

export function assertion(filter: Filter): Control {
  return { oid: ASSERTION, critical: true, value: encodeFilter(filter) };
}

export function postRead(attributes: readonly string[]): Control {
  return { oid: POST_READ, value: element(SEQUENCE, ...attributes.map((name) => octets(name))) };
}

export type SyncMode = 'refreshOnly' | 'refreshAndPersist';

export function syncRequest(mode: SyncMode, cookie: Uint8Array | null): Control {
  const parts = [integer(mode === 'refreshOnly' ? 1 : 3, ENUMERATED), ...(cookie === null ? [] : [octets(cookie)])];
  return { oid: SYNC_REQUEST, critical: true, value: element(SEQUENCE, ...parts) };
}

export interface SyncState {
  readonly state: 'present' | 'add' | 'modify' | 'delete';
  /** 16 bytes. */
  readonly uuid: Buffer;
  readonly cookie?: Buffer;
}
const STATES = ['present', 'add', 'modify', 'delete'] as const;

export function syncState(value: Buffer): SyncState {
  const reader = new BerReader(value).inside(SEQUENCE);
  const state = STATES[reader.integer(ENUMERATED)] ?? 'modify';
  const uuid = Buffer.from(reader.octets());
  return { state, uuid, ...(reader.tag === OCTETS ? { cookie: Buffer.from(reader.octets()) } : {}) };
}

export interface SyncDone {
  readonly cookie?: Buffer;
  /** What was not shown is unchanged; without it, what was not shown is gone. */
  readonly refreshDeletes: boolean;
}

export function syncDone(value: Buffer): SyncDone {
  const reader = new BerReader(value).inside(SEQUENCE);
  const cookie = reader.tag === OCTETS ? { cookie: Buffer.from(reader.octets()) } : {};
  return { ...cookie, refreshDeletes: reader.tag === BOOLEAN ? reader.boolean() : false };
}

export type SyncInfo =
  | { readonly type: 'cookie'; readonly cookie: Buffer }
  | { readonly type: 'refreshDelete' | 'refreshPresent'; readonly cookie?: Buffer; readonly done: boolean }
  | { readonly type: 'ids'; readonly cookie?: Buffer; readonly deleted: boolean; readonly uuids: readonly Buffer[] };

export function syncInfo(value: Buffer): SyncInfo {
  const outer = new BerReader(value);
  if (outer.tag === 0x80) return { type: 'cookie', cookie: Buffer.from(outer.octets(0x80)) };
  const { tag } = outer;
  const reader = outer.inside(tag);
  const cookie = reader.tag === OCTETS ? { cookie: Buffer.from(reader.octets()) } : {};
  const flag = (otherwise: boolean): boolean => (reader.tag === BOOLEAN ? reader.boolean() : otherwise);
  if (tag !== 0xa3) return { type: tag === 0xa1 ? 'refreshDelete' : 'refreshPresent', ...cookie, done: flag(true) };
  const deleted = flag(false);
  const uuids: Buffer[] = [];
  for (const set = reader.inside(SET); !set.done; ) uuids.push(Buffer.from(set.octets()));
  return { type: 'ids', ...cookie, deleted, uuids };
}

/** A flag of MS-ADTS 3.1.1.3.4.1.3. */
export const DIRSYNC_INCREMENTAL = -0x80000000;

export function dirSync(flags: number, cookie: Uint8Array, maxBytes: number = 0): Control {
  return { oid: DIRSYNC, critical: true, value: element(SEQUENCE, integer(flags), integer(maxBytes), octets(cookie)) };
}

export function dirSyncAnswer(controls: readonly ResponseControl[]): { readonly more: boolean; readonly cookie: Buffer } | null {
  const value = controlValue(controls, DIRSYNC);
  if (value === undefined) return null;
  const reader = new BerReader(value).inside(SEQUENCE);
  const more = reader.integer(INTEGER) !== 0;
  reader.integer();
  return { more, cookie: Buffer.from(reader.octets()) };
}

export const showDeleted: Control = { oid: SHOW_DELETED, critical: true };
export const permissiveModify: Control = { oid: PERMISSIVE_MODIFY, critical: true };
export const notification: Control = { oid: NOTIFICATION, critical: true };

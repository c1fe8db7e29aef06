/** What a client sends (RFC 4511 4.2 to 4.14), as the bytes of an operation; `message` puts the number and the controls around it. */
import { boolean, ENUMERATED, element, INTEGER, integer, octets, SEQUENCE, SET } from './ber.ts';
import type { Control } from './controls.ts';
import { encodeFilter, type Filter } from './filter.ts';

/** One operation in a message of its own. `id`: 1 to 2^31-1. */
export function message(id: number, operation: Uint8Array, controls: readonly Control[] = []): Buffer {
  if (controls.length === 0) return element(SEQUENCE, integer(id), operation);
  const list = controls.map(({ oid, critical, value }) =>
    element(
      SEQUENCE,
      octets(oid),
      ...(critical === true ? [boolean(true)] : []),
      ...(value === undefined ? [] : [octets(value)]),
    ),
  );
  return element(SEQUENCE, integer(id), operation, element(0xa0, ...list));
}

const VERSION = integer(3, INTEGER);

export function simpleBind(dn: string, password: string): Buffer {
  return element(0x60, VERSION, octets(dn), octets(password, 0x80));
}

/** SASL EXTERNAL (RFC 4422 A), as whom the certificate says. slapd takes empty credentials and refuses none. */
export function externalBind(): Buffer {
  return element(0x60, VERSION, octets(''), element(0xa3, octets('EXTERNAL'), octets(new Uint8Array(0))));
}

export function unbind(): Buffer {
  return element(0x42);
}

export type Scope = 'base' | 'one' | 'sub';
const SCOPES: { readonly [scope in Scope]: number } = { base: 0, one: 1, sub: 2 };

export interface SearchRequest {
  readonly base: string;
  readonly scope: Scope;
  readonly filter: Filter;
  readonly attributes: readonly string[];
  /** Entries at the most; 0: as many as the server gives. */
  readonly sizeLimit?: number;
}

/** Aliases are never followed: an entry is where its name says. */
export function search({ base, scope, filter, attributes, sizeLimit = 0 }: SearchRequest): Buffer {
  return element(
    0x63,
    octets(base),
    integer(SCOPES[scope], ENUMERATED),
    integer(0, ENUMERATED),
    integer(sizeLimit),
    integer(0),
    boolean(false),
    encodeFilter(filter),
    element(SEQUENCE, ...attributes.map((name) => octets(name))),
  );
}

export type Values = readonly (string | Uint8Array)[];

const described = (name: string, values: Values): Buffer =>
  element(SEQUENCE, octets(name), element(SET, ...values.map((value) => octets(value))));

export function add(dn: string, attributes: Iterable<readonly [string, Values]>): Buffer {
  const list = [...attributes].map(([name, values]) => described(name, values));
  return element(0x68, octets(dn), element(SEQUENCE, ...list));
}

export interface Modification {
  readonly op: 'add' | 'delete' | 'replace';
  readonly attribute: string;
  readonly values: Values;
}
const OPERATIONS: { readonly [op in Modification['op']]: number } = { add: 0, delete: 1, replace: 2 };

export function modify(dn: string, modifications: readonly Modification[]): Buffer {
  const list = modifications.map(({ op, attribute, values }) =>
    element(SEQUENCE, integer(OPERATIONS[op], ENUMERATED), described(attribute, values)),
  );
  return element(0x66, octets(dn), element(SEQUENCE, ...list));
}

/** The old name's values go. `parent`: of the new place, where it is moved. */
export function modifyDn(dn: string, rdn: string, parent?: string): Buffer {
  return element(0x6c, octets(dn), octets(rdn), boolean(true), ...(parent === undefined ? [] : [octets(parent, 0x80)]));
}

export function remove(dn: string): Buffer {
  return octets(dn, 0x4a);
}

export function abandon(id: number): Buffer {
  return integer(id, 0x50);
}

export function extended(oid: string, value?: Uint8Array): Buffer {
  return element(0x77, octets(oid, 0x80), ...(value === undefined ? [] : [octets(value, 0x81)]));
}

/** A new password of an entry, as the value of `extended` (RFC 3062 2). */
export function passwordModify(dn: string, password: string): Buffer {
  return element(SEQUENCE, octets(dn, 0x80), octets(password, 0x82));
}

export const PASSWORD_MODIFY = '1.3.6.1.4.1.4203.1.11.1';
export const START_TLS = '1.3.6.1.4.1.1466.20037';

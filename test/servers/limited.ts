/**
 * A Samba domain controller with the limits of Microsoft's, which it does not have itself: long lists are shown in parts of so many values
 * (MaxValRange), with the list itself beside them and empty, pages have so many entries at the most (MaxPageSize), as has a search
 * that does not page at all, and a page may take too long (MaxQueryDuration). What goes through is otherwise what Samba said.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { BerReader, element, INTEGER, integer, OCTETS, octets, SEQUENCE, SET } from '#protocols/ldap/ber';
import { PAGED } from '#protocols/ldap/controls';
import { FrameReader } from '#protocols/ldap/frames';
import { DONE, ENTRY } from '#protocols/ldap/responses';
import type { SambaTold } from '../../scripts/servers/samba.ts';

const SEARCH = 0x63;
const CONTROLS = 0xa0;

export interface Limits {
  /** The attribute whose lists are cut. */
  readonly list: string;
  readonly values: number;
  readonly page: number;
}

export interface LimitedServer extends AsyncDisposable {
  /** While it holds, every page ends as one that took too long, with what it has shown. */
  late: boolean;
  /** Without TLS: this machine alone can reach it. */
  readonly url: string;
}

export async function startLimited({ address, ca, serverName }: SambaTold, limits: Limits): Promise<LimitedServer> {
  const open = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect({ host: address, port: 636, ca, servername: serverName });
    /** Entries that each search without pages has shown. */
    const unpaged = new Map<number, number>();
    const pass = (from: Socket, to: Socket, change: (message: Parts) => Buffer | null): void => {
      const frames = new FrameReader(1_000_000_000);
      from.on('data', (chunk: Buffer) => {
        for (const frame of frames.push(chunk)) {
          const changed = change(partsOf(frame));
          if (changed !== null) to.write(changed);
        }
      });
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
      open.add(from);
    };
    pass(client, server, (message) => asked(message, limits, unpaged));
    pass(server, client, (message) => (told.late && isPage(message) ? cutShort(message, 3) : shown(message, limits, unpaged)));
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const told: LimitedServer = {
    url: `ldap://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    late: false,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => proxy.close(done));
    },
  };
  return told;
}

interface Parts {
  readonly id: number;
  readonly tag: number;
  /** The elements of the operation, and of the list of controls, as they came. */
  readonly operation: readonly Buffer[];
  readonly controls: readonly Buffer[];
  readonly frame: Buffer;
}

function partsOf(frame: Buffer): Parts {
  const reader = new BerReader(frame).inside(SEQUENCE);
  const id = reader.integer(INTEGER);
  const { tag } = reader;
  const compound = tag === SEARCH || tag === ENTRY;
  const body = reader.inside(tag);
  const operation = compound ? childrenOf(body) : [body.bytes.subarray(body.at, body.end)];
  return { id, tag, operation, controls: reader.tag === CONTROLS ? childrenOf(reader.inside(CONTROLS)) : [], frame };
}

function childrenOf(reader: BerReader): Buffer[] {
  const children: Buffer[] = [];
  while (!reader.done) {
    const from = reader.at;
    reader.skip();
    children.push(reader.bytes.subarray(from, reader.at));
  }
  return children;
}

const messageOf = ({ id, tag }: Parts, operation: readonly Buffer[], controls: readonly Buffer[]): Buffer =>
  element(SEQUENCE, integer(id), element(tag, ...operation), ...(controls.length === 0 ? [] : [element(CONTROLS, ...controls)]));

function asked(message: Parts, { list, values, page }: Limits, unpaged: Map<number, number>): Buffer {
  if (message.tag !== SEARCH) return message.frame;
  const names = childrenOf(new BerReader(message.operation.at(-1)!).inside(SEQUENCE)).map((name) => new BerReader(name).text());
  const cut = names.map((name) => {
    const from = new RegExp(`^${list};range=(\\d+)-\\*$`, 'i').exec(name)?.[1];
    return octets(from === undefined ? name : `${list};range=${from}-${Number(from) + values - 1}`);
  });
  let paged = false;
  const controls = message.controls.map((control) => {
    const reader = new BerReader(control).inside(SEQUENCE);
    if (reader.text() !== PAGED) return control;
    paged = true;
    if (reader.tag !== OCTETS) reader.skip();
    const value = new BerReader(reader.octets()).inside(SEQUENCE);
    const size = Math.min(value.integer(), page);
    return element(SEQUENCE, octets(PAGED), octets(element(SEQUENCE, integer(size), octets(value.octets()))));
  });
  if (!paged) unpaged.set(message.id, 0);
  return messageOf(message, [...message.operation.slice(0, -1), element(SEQUENCE, ...cut)], controls);
}

const isPage = ({ tag, controls }: Parts): boolean =>
  tag === DONE && controls.some((control) => new BerReader(control).inside(SEQUENCE).text() === PAGED);

/** The end of a search, by this result. */
const cutShort = (message: Parts, code: number): Buffer => messageOf(message, [integer(code, 0x0a), octets(''), octets('')], []);

function shown(message: Parts, { list, values, page }: Limits, unpaged: Map<number, number>): Buffer | null {
  const { id, tag, operation, controls, frame } = message;
  const entries = unpaged.get(id);
  if (tag === DONE && entries !== undefined) {
    unpaged.delete(id);
    return entries > page ? cutShort(message, 4) : frame;
  }
  if (tag !== ENTRY) return frame;
  if (entries !== undefined) unpaged.set(id, entries + 1);
  if (entries !== undefined && entries >= page) return null;
  const attributes = childrenOf(new BerReader(operation[1]!).inside(SEQUENCE)).flatMap((attribute) => {
    const reader = new BerReader(attribute).inside(SEQUENCE);
    const name = reader.text();
    const all = childrenOf(reader.inside(SET));
    if (name.toLowerCase() !== list.toLowerCase() || all.length <= values) return [attribute];
    const part = element(SET, ...all.slice(0, values));
    return [element(SEQUENCE, octets(`${name};range=0-${values - 1}`), part), element(SEQUENCE, octets(name), element(SET))];
  });
  return messageOf(message, [operation[0]!, element(SEQUENCE, ...attributes)], controls);
}

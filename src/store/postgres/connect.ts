/**
 * One connection, or a pool of them, to a PostgreSQL database. Integers come back as numbers: the store holds none beyond
 * ±2^53 (STORE 1). Rows come as arrays.
 */
import { Client, type ClientBase, type ClientConfig, Pool, types } from 'pg';

export interface PostgresPlace {
  /** `postgres://…`; holds a password perhaps: never printed. */
  readonly url: string;
  /** Where the tables are; a plan has its own. */
  readonly schema: string;
  /** Of the process: what its connections are known by to others. */
  readonly process: string;
}

export type Value = string | number | boolean | Buffer | null;
export type Row = readonly Value[];
/** What statements are sent to. */
export type Queryable = ClientBase | Pool;

const INT8 = 20;
const parsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    return oid === INT8 ? Number : types.getTypeParser(oid, format as 'text');
  },
};

/** By which all connections of a process are found. */
export const nameOfProcess = (process: string): string => `rollcall ${process}`;

function settings({ url, schema, process }: PostgresPlace): ClientConfig {
  return {
    // What the address says goes first, and the last in it: another name would hide from others whose connection it is.
    connectionString: `${url}${url.includes('?') ? '&' : '?'}application_name=${encodeURIComponent(nameOfProcess(process))}`,
    keepAlive: true,
    // A way that forgets idle connections, or a server that is gone, is found out before the system's two hours.
    keepAliveInitialDelayMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    types: parsers as never,
    // Compiling a statement takes longer than any of them does (a search among nobody: 2 s instead of 1 ms).
    options: `-c search_path=${schema} -c client_min_messages=warning -c jit=off`,
  };
}

export async function connect(place: PostgresPlace): Promise<Client> {
  return await connected(new Client(settings(place)));
}

/**
 * One whose statements do not wait for each other's answers: they are done in the order in which they were asked, and those of one turn
 * are sent at one go. After one that failed those behind it in the transaction fail, too.
 */
export async function connectPipelined(place: PostgresPlace): Promise<Client> {
  return await connected(new Client({ ...settings(place), pipeline: true }));
}

async function connected(client: Client): Promise<Client> {
  await client.connect();
  return client;
}

export function createPool(place: PostgresPlace, max: number): Pool {
  return new Pool({ ...settings(place), max });
}

/** Prepared once per connection under a name that stands for the text. */
export async function query(client: Queryable, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  noteStatement(text);
  sendTogether(client);
  const result = await client.query({ name: nameOf(text), text, values: values as unknown[], rowMode: 'array' });
  return result.rows as Row[];
}

/** Not prepared: of texts that are made of what somebody asks for there is no end. */
export async function queryOnce(client: Queryable, text: string, values: readonly unknown[]): Promise<Row[]> {
  noteStatement(text);
  const result = await client.query({ text, values: values as unknown[], rowMode: 'array' });
  return result.rows as Row[];
}

/** Says that it is asked. */
export function noteStatement(text: string): void {
  statements?.push(text);
}

/** To be called before each statement: what follows in this turn goes into the same packet where the connection is pipelined. */
export function sendTogether(client: Queryable): void {
  if (!(client instanceof Client && client.pipeline)) return;
  const { stream } = client.connection;
  if (corked.has(stream)) return;
  corked.add(stream);
  stream.cork();
  process.nextTick(() => {
    corked.delete(stream);
    stream.uncork();
  });
}

const corked = new WeakSet<object>();

/** What was asked since the last call, for the conformance suite: a statement that is asked twice is there twice. None before the first. */
export function takeStatements(): string[] {
  const taken = statements ?? [];
  statements = [];
  return taken;
}

/** Null while nobody asks: a process that reads for months keeps no list of it. */
let statements: string[] | null = null;
const names = new Map<string, string>();

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `s${names.size + 1}`;
    names.set(text, name);
  }
  return name;
}

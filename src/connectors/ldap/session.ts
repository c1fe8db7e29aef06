/**
 * The connection there is now: made when somebody needs it, by the first server that answers, and made anew after it broke. When to try
 * again is the engine's business.
 */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { RollcallError } from '#core/errors';
import { EntryDecoder, type LdapEntry } from '#protocols/ldap/entry';
import { EVERYTHING } from '#protocols/ldap/filter';
import { externalBind, type SearchRequest, search, simpleBind } from '#protocols/ldap/requests';
import type { LdapResult } from '#protocols/ldap/responses';
import { type DirectorySchema, schemaFrom } from '#protocols/ldap/subschema';
import { LdapClient } from './client.ts';
import { type LdapConfig, urlsOf } from './config.ts';
import { type Address, addressText, connect, type Timeouts, type TlsOptions } from './connect.ts';
import { type Directory, directoryFrom, ROOT_DSE } from './directory.ts';
import { refusal } from './faults.ts';

export interface Live {
  readonly client: LdapClient;
  readonly address: string;
  readonly encrypted: boolean;
  readonly directory: Directory;
  readonly schema: DirectorySchema;
  readonly decoder: EntryDecoder;
}

/** Of one message: entries beyond it end the connection rather than memory. */
const MOST_BYTES = 256 * 1_048_576;

export class Session {
  readonly #config: LdapConfig;
  readonly #folder: string;
  readonly #maxMessageBytes: number;
  readonly #addresses: readonly Address[];
  #live: Promise<Live> | null = null;
  #closed = false;

  constructor(config: LdapConfig, folder: string, maxObjectBytes: number) {
    this.#config = config;
    this.#folder = folder;
    this.#addresses = urlsOf(config);
    // One that is too large is refused by itself, not with the connection: an entry on the wire is its values and a few bytes each.
    this.#maxMessageBytes = Math.max(MOST_BYTES, 4 * maxObjectBytes);
  }

  /** @throws RollcallError that says what to do */
  async live(): Promise<Live> {
    if (this.#closed) throw new RollcallError('unavailable', 'the connection was closed');
    const last = this.#live;
    const now = await last?.catch(() => null);
    if (now?.client.isOpen) return now;
    // Whoever else waited for the last one may have begun the next.
    if (this.#live === last) this.#live = this.#first();
    return this.#live!;
  }

  /** Another connection to the same system, for what has to have one of its own. */
  async another(): Promise<Live> {
    return this.#first();
  }

  /** A server that another one named, by the same account. @throws RollcallError `configuration` where that would say in the clear what else is encrypted */
  async at(address: Address): Promise<Live> {
    if (address.tls === 'none' && this.#addresses.some(({ tls }) => tls !== 'none'))
      throw new RollcallError(
        'configuration',
        `${addressText(address)} was named without encryption, and is not told a password`,
        {
          remedy: 'let the server name it with ldaps://, or say startTls: true',
        },
      );
    return this.#open(address);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const now = await this.#live?.catch(() => null);
    await now?.client.close();
  }

  /** The servers are asked in their order: what the second knows may be older than what the first did. */
  async #first(): Promise<Live> {
    const faults: RollcallError[] = [];
    for (const address of this.#addresses) {
      try {
        return await this.#open(address);
      } catch (error) {
        if (!(error instanceof RollcallError)) throw error;
        // Another server would refuse it too, and some lock the account that tries too often.
        if (error.kind === 'authentication') throw error;
        faults.push(error);
      }
    }
    if (faults.length === 1) throw faults[0]!;
    const [first] = faults;
    throw new RollcallError(first!.kind, `no server answers: ${faults.map(({ message }) => message).join('; ')}`, {
      remedy: first!.remedy ?? 'see that one of them is up',
    });
  }

  async #open(address: Address): Promise<Live> {
    const timeouts: Timeouts = {
      connectMs: Math.min(this.#config.timeoutSeconds, 30) * 1000,
      answerMs: this.#config.timeoutSeconds * 1000,
    };
    const socket = await connect(address, await this.#tls(), timeouts);
    const client = new LdapClient(socket, addressText(address), timeouts, this.#maxMessageBytes);
    try {
      await this.#bind(client, address);
      const plain = new EntryDecoder();
      const root = await one(client, plain, { base: '', scope: 'base', filter: EVERYTHING, attributes: ['*', ...ROOT_DSE] });
      const directory = directoryFrom(root?.attributes ?? {}, this.#config);
      const schema = await schemaOf(client, plain, directory.subschema);
      const decoder = new EntryDecoder((type) => schema[type]?.type === 'binary');
      return { client, address: addressText(address), encrypted: address.tls !== 'none', directory, schema, decoder };
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async #bind(client: LdapClient, address: Address): Promise<void> {
    const { bind } = this.#config;
    if (bind === 'anonymous') return;
    const result = await client.request(bind === 'external' ? externalBind() : simpleBind(bind.dn, bind.password));
    if (result.code !== 0) throw refusal(`${addressText(address)} refuses to let Rollcall sign in`, result);
  }

  async #tls(): Promise<TlsOptions> {
    const { ca, cert, key, serverName } = this.#config.tls;
    const [caText, certText, keyText] = await Promise.all([ca, cert, key].map((path) => this.#pem(path)));
    return { ca: caText, caFile: ca, cert: certText, key: keyText, serverName };
  }

  async #pem(path: string | undefined): Promise<string | undefined> {
    if (path === undefined) return undefined;
    const file = isAbsolute(path) ? path : join(this.#folder, path);
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      throw new RollcallError('configuration', `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, {
        where: { file },
        remedy: 'name a PEM file that Rollcall may read',
      });
    }
  }
}

/** Null where there is none, or none to be seen. */
export async function one(client: LdapClient, decoder: EntryDecoder, request: SearchRequest): Promise<LdapEntry | null> {
  const { entries, result } = await all(client, decoder, request);
  if (result.code === 32) return null;
  if (result.code !== 0 && entries.length === 0) throw refusal(`a search at "${request.base}"`, result);
  return entries[0] ?? null;
}

/** Of searches that find few. */
export async function all(
  client: LdapClient,
  decoder: EntryDecoder,
  request: SearchRequest,
  controls: Parameters<LdapClient['search']>[1] = [],
): Promise<{ readonly entries: LdapEntry[]; readonly result: LdapResult }> {
  const entries: LdapEntry[] = [];
  const found = client.search(search(request), controls, { entry: (response) => void entries.push(decoder.read(response)) });
  return { result: await found.result, entries };
}

async function schemaOf(client: LdapClient, decoder: EntryDecoder, dn: string): Promise<DirectorySchema> {
  const attributes = ['attributeTypes', 'extendedAttributeInfo'];
  const entry = await one(client, decoder, { base: dn, scope: 'base', filter: EVERYTHING, attributes });
  const texts = (name: string): string[] => (entry?.attributes[name] ?? []).map(String);
  return schemaFrom({ attributeTypes: texts('attributeTypes'), extendedAttributeInfo: texts('extendedAttributeInfo') });
}

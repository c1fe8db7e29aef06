/** Where the service listens. */
import { RollcallError } from '#core/errors';
import { WrongCommand } from '#core/unknown-name';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Nobody but this machine, unless somebody says so. */
const USUAL: Address = { host: '127.0.0.1', port: 7655 };

/** `HOST:PORT`, `[::1]:PORT`, or `:PORT` of this machine. Errors: WrongCommand. */
export function addressOf(text: string | undefined): Address {
  if (text === undefined) return USUAL;
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(found?.[3]);
  const remedy = 'write HOST:PORT, such as 127.0.0.1:7655';
  if (found === null) throw new WrongCommand('configuration', `'${text}' is no address to listen on`, { remedy });
  if (port > MOST_PORT) throw new WrongCommand('configuration', `${port} is no port: they end at ${MOST_PORT}`, { remedy });
  return { host: found[1] ?? (found[2] === '' ? USUAL.host : found[2]!), port };
}

const MOST_PORT = 65_535;

export function hostAndPort({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const OTHER = 'choose another address with --listen HOST:PORT';

/** Why nobody can be heard at that address, as whoever started the service reads it. */
export async function cannotListen(address: Address, error: unknown): Promise<RollcallError> {
  const { code, message } = error as NodeJS.ErrnoException;
  const at = hostAndPort(address);
  const fault = (kind: 'conflict' | 'permission' | 'configuration', why: string, remedy: string): RollcallError =>
    new RollcallError(kind, `cannot listen on ${at}: ${why}`, { remedy, cause: error });
  if (code === 'EADDRINUSE') {
    const who = (await isRollcall(address)) ? 'another Rollcall service' : 'another program';
    return fault(
      'conflict',
      `${who} listens there`,
      `end that one ('ss -ltnp' or 'lsof -i :${address.port}' names it), or ${OTHER}`,
    );
  }
  if (code === 'EACCES')
    return fault('permission', 'this user may not', `take a port from 1024 on, or let it have the capability; or ${OTHER}`);
  if (code === 'EADDRNOTAVAIL') return fault('configuration', 'this machine has no such address', OTHER);
  if (code === 'ENOTFOUND') return fault('configuration', 'no machine has this name', OTHER);
  return fault('configuration', message, OTHER);
}

/** It answers this begin of its description to everybody. */
const OURS = /^\{"openapi":"[^"]*","info":\{"title":"Rollcall"/;
const LOOK_MS = 1_000;

/** Whether the program that has the address is one of ours; false where it does not say so at once. With TLS nobody is asked. */
async function isRollcall(address: Address): Promise<boolean> {
  const host = address.host === '0.0.0.0' || address.host === '::' ? USUAL.host : address.host;
  try {
    const url = `http://${hostAndPort({ ...address, host })}/api/openapi.json`;
    const { body } = await fetch(url, { signal: AbortSignal.timeout(LOOK_MS), redirect: 'error' });
    const reader = body!.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return OURS.test(new TextDecoder().decode(value));
  } catch {
    return false;
  }
}

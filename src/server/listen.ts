/** Where the service listens. */
import { RollcallError } from '#core/errors';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Nobody but this machine, unless somebody says so. */
const USUAL: Address = { host: '127.0.0.1', port: 7655 };

/** `HOST:PORT`, `[::1]:PORT`, or `:PORT` of this machine. Errors: configuration. */
export function addressOf(text: string | undefined): Address {
  if (text === undefined) return USUAL;
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(found?.[3]);
  if (found === null || port > 65_535)
    throw new RollcallError('configuration', `'${text}' is no address to listen on`, {
      remedy: 'write HOST:PORT, such as 127.0.0.1:7655',
    });
  return { host: found[1] ?? (found[2] === '' ? USUAL.host : found[2]!), port };
}

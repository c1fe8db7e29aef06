/** A socket to a server, with TLS as the settings ask: the name and the chain of its certificate are always checked. */
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from 'node:tls';
import { unsigned } from '#core/certificates';
import { RollcallError } from '#core/errors';
import { FrameReader } from '#protocols/ldap/frames';
import { extended, message, START_TLS } from '#protocols/ldap/requests';
import { readResponse, readResult } from '#protocols/ldap/responses';

export interface Timeouts {
  /** Until there is a connection, TLS included. */
  readonly connectMs: number;
  /** The longest silence while an answer is awaited. */
  readonly answerMs: number;
}

/** One of `url`. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: 'none' | 'ldaps' | 'startTls';
}

/** PEM texts. */
export interface TlsOptions {
  readonly ca?: string | undefined;
  /** Where `ca` is from. */
  readonly caFile?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
}

export const addressText = ({ host, port, tls }: Address): string =>
  `${tls === 'ldaps' ? 'ldaps' : 'ldap'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** @throws RollcallError that says what to do */
export async function connect(address: Address, tls: TlsOptions, { connectMs }: Timeouts): Promise<Socket> {
  const { host, port } = address;
  let raw: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noAnswer(address, connectMs)), connectMs);
  });
  try {
    const opened = (async () => {
      if (address.tls === 'ldaps') {
        raw = connectTls({ host, port, ...tlsOptions(address, tls) });
        return ready(raw, 'secureConnect');
      }
      raw = connectTcp({ host, port });
      await ready(raw, 'connect');
      if (address.tls === 'none') return raw;
      await startTls(raw, address);
      raw = connectTls({ socket: raw, ...tlsOptions(address, tls) });
      return ready(raw, 'secureConnect');
    })();
    const socket = await Promise.race([opened, late]);
    socket.setNoDelay(true).setKeepAlive(true, 30_000);
    return socket;
  } catch (error) {
    raw?.destroy();
    throw error instanceof RollcallError ? error : connectFault(error as NodeJS.ErrnoException, address, tls.caFile);
  } finally {
    clearTimeout(timer);
  }
}

function tlsOptions({ host }: Address, { ca, cert, key, serverName }: TlsOptions): ConnectionOptions {
  const name = serverName ?? host;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert, key }),
    // An address is no name that SNI may carry (RFC 6066 3), but is checked all the same.
    ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
}

function ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const failed = (error?: Error): void => reject(error ?? new Error('the server closed the connection'));
    socket.once('error', failed).once('close', failed);
    socket.once(event, () => {
      socket.off('error', failed).off('close', failed);
      resolve(socket);
    });
  });
}

async function startTls(socket: Socket, address: Address): Promise<void> {
  const frames = new FrameReader(65_536);
  const frame = await new Promise<Buffer>((resolve, reject) => {
    const failed = (error?: Error): void => reject(error ?? new Error('the server closed the connection'));
    const taken = (chunk: Buffer): void => {
      try {
        const [first] = frames.push(chunk);
        if (first === undefined) return;
        socket.off('data', taken).off('error', failed).off('close', failed);
        resolve(first);
      } catch (error) {
        reject(error as Error);
      }
    };
    socket.on('data', taken).once('error', failed).once('close', failed);
    socket.write(message(1, extended(START_TLS)));
  });
  const { code, text } = readResult(readResponse(frame));
  if (code === 0) return;
  throw new RollcallError('configuration', `${addressText(address)} refuses STARTTLS (result ${code}): ${text}`, {
    remedy: 'use ldaps://, or let the server have a certificate',
  });
}

function noAnswer(address: Address, ms: number): RollcallError {
  return new RollcallError('unavailable', `${addressText(address)} did not answer within ${ms / 1000} s`, {
    remedy: 'see that the server is up and that the network and its firewalls let this machine reach it',
  });
}

/** Faults of a certificate: a person has to do something about them. */
const CERTIFICATES: { readonly [code: string]: string } = {
  CERT_HAS_EXPIRED: 'renew the certificate of the server',
  CERT_NOT_YET_VALID: 'set the clocks right, of this machine and of the server',
  ERR_TLS_CERT_ALTNAME_INVALID: 'use the name that the certificate has, or say it with tls: { serverName: … }',
};

function connectFault(error: NodeJS.ErrnoException, address: Address, caFile: string | undefined): RollcallError {
  const where = addressText(address);
  const strange = unsigned(error, caFile);
  if (strange !== null)
    return new RollcallError('configuration', `${where} is not trusted: ${strange.message}`, { remedy: strange.remedy });
  const remedy = CERTIFICATES[error.code ?? ''];
  if (remedy !== undefined)
    return new RollcallError('configuration', `the certificate of ${where} is not trusted: ${error.message}`, { remedy });
  if (error.code === 'ENOTFOUND')
    return new RollcallError('configuration', `there is no host ${address.host}`, { remedy: 'correct the name in url' });
  if (error.code?.startsWith('ERR_OSSL_PEM') || error.code?.startsWith('ERR_OSSL_X509'))
    return new RollcallError('configuration', `the files that tls names cannot be used: ${error.message}`, {
      remedy: 'name PEM files: ca with certificates, cert with a certificate of our own, key with the key of that one',
    });
  if (error.code === 'ECONNREFUSED')
    return new RollcallError('unavailable', `nothing listens at ${where}`, {
      remedy: 'start the server, or correct the address in url',
    });
  return new RollcallError('unavailable', `no connection to ${where}: ${error.message}`, {
    remedy: 'see that the server is up, and that url names its port: 636 for ldaps, 389 for ldap',
    cause: error,
  });
}

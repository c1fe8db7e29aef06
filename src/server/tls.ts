/**
 * By what the port proves who it is: a certificate and its key, from files that are read again when they are renewed. What cannot be used
 * leaves the pair that there is.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { type Fault, RollcallError, toFault } from '#core/errors';

export interface PairFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface Pair {
  readonly options: SecureContextOptions;
  /** ms */
  readonly from: number;
  readonly until: number;
}

export interface KeepOptions {
  readonly files: PairFiles;
  /** What is in use. */
  readonly pair: Pair;
  readonly wall: () => number;
  /** From now on it is this one; connections that are open go on with theirs. */
  readonly use: (pair: Pair) => void;
  readonly onFault: (fault: Fault) => void;
  readonly signal: AbortSignal;
}

/** Between two looks at the files: they may be links that are changed (a Secret). */
const LOOK_MS = 1_000;
const DAY_MS = 86_400_000;
/** It is to be renewed before so much is left, or that part of its life where it has a short one. */
const LATE_MS = 14 * DAY_MS;
const LATE_PART = 5;

/** Errors: configuration, which says the file and never what is in it. */
export async function readPair(files: PairFiles): Promise<Pair> {
  return pairOf(files, await Promise.all([textOf(files.certificate), textOf(files.key)]));
}

/** What somebody should see to before browsers refuse it, or somebody else has the key. */
export async function warningsOf({ certificate, key }: PairFiles, { from, until }: Pair, now: number): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const say = (file: string, message: string, remedy: string): void =>
    void faults.push({ kind: 'configuration', message, where: { file }, remedy });
  const day = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  const renew = 'renew it: the new one is taken over without a restart';
  if (now >= until) say(certificate, `the certificate of the service expired at ${day(until)} UTC`, renew);
  else if (until - now < Math.min(LATE_MS, (until - from) / LATE_PART))
    say(certificate, `the certificate of the service expires at ${day(until)} UTC`, renew);
  else if (now < from)
    say(certificate, `the certificate of the service is valid from ${day(from)} UTC on`, 'look at the clock of this machine');
  const mode = process.platform === 'win32' ? 0 : await stat(key).then(({ mode }) => mode);
  if ((mode & 0o007) !== 0)
    say(key, 'everybody on this machine may read the key of the service', `let nobody else read it: chmod o= ${key}`);
  return faults;
}

/** Ends with the signal. */
export async function keepRenewed({ files, pair: first, wall, use, onFault, signal }: KeepOptions): Promise<void> {
  let pair = first;
  let seen = JSON.stringify([pair.options.cert, pair.options.key]);
  let before = seen;
  let warnedAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const now = wall();
    if (Math.abs(now - warnedAt) >= DAY_MS) {
      warnedAt = now;
      for (const fault of await warningsOf(files, pair, now).catch(() => [])) onFault(fault);
    }
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    const there = await bothOf(files);
    // One file is written after the other: they are looked at when nothing more came for a while.
    const isStill = there === before;
    before = there;
    if (!isStill || there === seen || signal.aborted) continue;
    seen = there;
    try {
      pair = await readPair(files);
      use(pair);
      warnedAt = Number.NEGATIVE_INFINITY;
    } catch (error) {
      const fault = toFault(error);
      onFault({ ...fault, message: `${fault.message}; the service goes on with the certificate that it has` });
    }
  }
}

function pairOf({ certificate, key }: PairFiles, [cert, secret]: readonly [string, string]): Pair {
  const own = certificateOf(certificate, cert);
  const privateKey = keyOf(key, secret);
  if (!own.checkPrivateKey(privateKey))
    throw wrong(
      certificate,
      `the key in ${key} is not that of the first certificate`,
      'put the certificate of the service first, those of the authorities after it',
    );
  const options: SecureContextOptions = { cert, key: secret, minVersion: 'TLSv1.2' };
  try {
    createSecureContext(options);
  } catch (error) {
    throw wrong(certificate, `certificate and key cannot be used (${(error as NodeJS.ErrnoException).code})`, 'make them anew');
  }
  return { options, from: own.validFromDate.getTime(), until: own.validToDate.getTime() };
}

function certificateOf(file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw wrong(file, 'this is no certificate', 'it begins with -----BEGIN CERTIFICATE-----');
  }
}

function keyOf(file: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    // What is thrown then is another error in each version of Node.js.
    if (/ENCRYPTED/.test(text))
      throw wrong(
        file,
        'the key has a passphrase',
        'take it away: openssl pkey -in KEY -out NEW; let only the service read the file',
      );
    throw wrong(file, 'this is no private key', 'it begins with -----BEGIN PRIVATE KEY-----');
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw wrong(
      file,
      `this file of server.tls cannot be read (${code ?? 'unknown error'})`,
      'let the user that runs Rollcall read it',
    );
  }
}

function wrong(file: string, message: string, remedy: string): RollcallError {
  return new RollcallError('configuration', message, { where: { file }, remedy });
}

/** What is in them now, to see whether that changes. */
async function bothOf({ certificate, key }: PairFiles): Promise<string> {
  return JSON.stringify(await Promise.all([certificate, key].map((file) => readFile(file, 'utf8').catch(() => null))));
}

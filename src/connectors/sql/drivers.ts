/** Which driver a connection needs, with its settings. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import type { OpenContext } from '#connectors/contract';
import { unsigned } from '#core/certificates';
import { parseDuration } from '#core/time';
import { fileFault } from '../files/faults.ts';
import { isEncrypted, placeOf } from './address.ts';
import type { SqlConfig } from './config.ts';
import type { Driver } from './driver.ts';
import { mariadb } from './mariadb/driver.ts';
import { postgres } from './postgres/driver.ts';
import { sqlite } from './sqlite/driver.ts';
import { sqlServer } from './sqlserver/driver.ts';

/** Touches neither the network nor the disk: certificates are read when the driver connects. */
export function driverOf(config: SqlConfig, context: OpenContext): Driver {
  const place = placeOf(config.url);
  const timeoutMs = parseDuration(config.timeout);
  if (place.system === 'sqlite') return sqlite(resolve(context.folder, place.path), timeoutMs);
  const { user, password } = config;
  const tls = (): TlsOptions | null => tlsOf(config, place.host, context.folder);
  const options = { ...place, user, password, tls, timeoutMs };
  const { ca, serverName } = typeof config.tls === 'object' ? config.tls : {};
  if (place.system === 'postgres') return trusting(postgres(options), ca);
  if (place.system === 'mariadb') return trusting(mariadb(options), ca);
  return trusting(sqlServer({ ...options, serverName }), ca);
}

/** What is wrong with a certificate is said by the file that was to have its authority. */
function trusting(driver: Driver, ca: string | undefined): Driver {
  return {
    ...driver,
    fault(error) {
      const strange = unsigned(error, ca);
      if (strange === null) return driver.fault(error);
      return { kind: 'configuration', message: `no safe connection: ${strange.message}`, remedy: strange.remedy };
    },
  };
}

export type TlsOptions = Pick<ConnectionOptions, 'ca' | 'checkServerIdentity' | 'rejectUnauthorized'>;

/** Null = not encrypted. */
function tlsOf({ tls }: SqlConfig, host: string, folder: string): TlsOptions | null {
  if (!isEncrypted(tls, host)) return null;
  const { ca, serverName } = typeof tls === 'object' ? tls : {};
  return {
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca: certificate(resolve(folder, ca)) }),
    ...(serverName === undefined ? {} : { checkServerIdentity: (_, cert) => checkServerIdentity(serverName, cert) }),
  };
}

function certificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw fileFault(error, file);
  }
}

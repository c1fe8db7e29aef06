/** `server` of the file: how much the port of the service takes, and by what it proves who it is. */
import path from 'node:path';
import { parseDuration } from '#core/time';

export interface ServerConfig {
  /** At once; who is one too many is answered by 503. */
  readonly maxConnections: number;
  /** For the head of a request, and for all of it, in ms. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** Paths of PEM files; null: plain HTTP. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
}

export interface WrittenServer {
  readonly connections?: number;
  readonly headers?: string;
  readonly request?: string;
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** `folder`: that of the file, from which paths go. */
export function serverOf({ connections, headers, request, tls }: WrittenServer, folder: string): ServerConfig {
  return {
    maxConnections: connections ?? 2_000,
    headersMs: atLeast(headers ?? '10s'),
    requestMs: atLeast(request ?? '30s'),
    tls: tls === undefined ? null : { certificate: path.resolve(folder, tls.certificate), key: path.resolve(folder, tls.key) },
  };
}

/** None at all would be no limit. */
function atLeast(written: string): number {
  return Math.max(1_000, parseDuration(written));
}

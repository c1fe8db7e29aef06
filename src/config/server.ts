/** `server` of the file: how much the port of the service takes. */
import { parseDuration } from '#core/time';

export interface ServerConfig {
  /** At once; who is one too many is answered by 503. */
  readonly maxConnections: number;
  /** For the head of a request, and for all of it, in ms. */
  readonly headersMs: number;
  readonly requestMs: number;
}

export interface WrittenServer {
  readonly connections?: number;
  readonly headers?: string;
  readonly request?: string;
}

export function serverOf({ connections, headers, request }: WrittenServer): ServerConfig {
  return {
    maxConnections: connections ?? 2_000,
    headersMs: atLeast(headers ?? '10s'),
    requestMs: atLeast(request ?? '30s'),
  };
}

/** None at all would be no limit. */
function atLeast(written: string): number {
  return Math.max(1_000, parseDuration(written));
}

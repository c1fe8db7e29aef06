/** Errors as `application/problem+json` (RFC 9457): what, where, and what to do. */
import { STATUS_CODES } from 'node:http';
import { type ErrorKind, type Fault, RollcallError, toFault } from '#core/errors';
import { overHttp } from './remedies.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly kind: ErrorKind;
  readonly where?: Fault['where'];
  readonly remedy?: string;
  /** What is wrong, one by one. */
  readonly faults?: readonly Fault[];
}

const ANSWERS: { readonly [kind in ErrorKind]: readonly [status: number, title: string] } = {
  configuration: [422, 'The configuration is in the way'],
  authentication: [401, 'Not signed in'],
  permission: [403, 'Not allowed'],
  notFound: [404, 'Not found'],
  conflict: [409, 'In conflict with what is there'],
  invalidValue: [400, 'The request is not valid'],
  rateLimited: [429, 'Too many requests'],
  unavailable: [503, 'Not available now'],
  internal: [500, 'Something went wrong'],
};

export function statusOf(kind: ErrorKind): number {
  return ANSWERS[kind][0];
}

/** With a status that its kind does not have. */
export class Refusal extends RollcallError {
  readonly status: number;

  constructor(status: number, kind: ErrorKind, message: string, more: { readonly remedy: string }) {
    super(kind, message, more);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** `as`: the status, where the kind does not say all of it. Of what nobody foresaw nothing is told but that it happened: its message may hold anything. */
export function problemOf(error: unknown, as?: number): Problem {
  const known = error instanceof RollcallError;
  const { kind, message, where, remedy, parts } = known
    ? toFault(error)
    : {
        kind: 'internal' as const,
        message: 'an error that was not foreseen; the log has it',
        where: {},
        remedy: undefined,
        parts: undefined,
      };
  const [usual, title] = ANSWERS[kind];
  const status = as ?? (error instanceof Refusal ? error.status : usual);
  return {
    type: 'about:blank',
    // Where the kind does not say it, the status does (RFC 9457, 4.2.1).
    title: status === usual ? title : (STATUS_CODES[status] ?? title),
    status,
    detail: message,
    kind,
    ...(Object.keys(where).length === 0 ? {} : { where }),
    ...(remedy === undefined ? {} : { remedy: overHttp(remedy) }),
    ...(parts === undefined ? {} : { faults: parts.map(told) }),
  };
}

function told<F extends { readonly remedy?: string }>(fault: F): F {
  return fault.remedy === undefined ? fault : { ...fault, remedy: overHttp(fault.remedy) };
}

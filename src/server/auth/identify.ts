/** Who asks, of a request: whose token it brings. */
import type { FastifyRequest } from 'fastify';
import { permits } from '#access/roles';
import type { Identity } from '../http/identity.ts';
import type { Bearer } from './bearer.ts';

export interface IdentifyOptions {
  readonly bearer: Bearer;
}

/** Null: nobody that is known. Errors: as of `Bearer`. */
export function createIdentify({ bearer }: IdentifyOptions): (request: FastifyRequest) => Promise<Identity | null> {
  return async ({ headers, ip }) => {
    const token = await bearer(headers.authorization);
    if (token === null) return null;
    // One for SCIM has no roles.
    return {
      name: `${token.name} (token ${token.id})`,
      caller: { kind: 'token', name: token.name, token: token.id, source: ip },
      may: (permission) => permits(token.roles, permission),
      who: { roles: token.roles, person: null },
    };
  };
}

/** Who may come in to the service, as it is written under `access`. References are resolved later, and what they hold is checked there. */
import { z } from 'zod';
import { ROLES } from '#core/roles';
import { duration } from '../quantity.ts';

const text = z.string().min(1).max(2_000);
const role = z.enum(ROLES);

const oidc = z.strictObject({
  issuer: text.describe('Address of the identity provider, as it writes itself: `https://id.example.org/realms/main`.'),
  clientId: text.describe('What the provider calls Rollcall.'),
  clientSecret: text
    .optional()
    .meta({ secret: true })
    .describe('Its secret there. Without one Rollcall is a public client; PKCE is used either way.'),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope: no spaces, quotes or backslashes'))
    .min(1)
    .max(50)
    .optional()
    .describe('What is asked for. Default: openid, profile, email.'),
  claim: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Claim with the groups or roles of somebody; dots lead inwards: `realm_access.roles`. Default: groups.'),
  roles: z
    .record(z.string().min(1).max(255), z.union([role, z.array(role).min(1).max(ROLES.length)]))
    .describe('Value of that claim → role or roles here. Whoever has none of them is not let in.'),
  name: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Claim with the name that is shown and kept. Default: preferred_username.'),
  allowHttp: z
    .boolean()
    .optional()
    .describe('Takes a provider without TLS, on this machine only: for trying things out. Default: false.'),
});

export const access: z.ZodType = z.strictObject({
  url: text
    .optional()
    .describe('Address under which browsers reach the service: `https://rollcall.example.org`. Default: where it listens.'),
  proxies: z
    .array(text)
    .max(100)
    .optional()
    .describe(
      'Addresses of proxies before the service, such as `10.0.0.5` or `10.0.0.0/8`: what they say of where a request comes from is believed. Default: none.',
    ),
  sessions: z
    .strictObject({
      idle: duration.optional().describe('Somebody who does nothing for so long is signed out. Default: 2h.'),
      longest: duration.optional().describe('After so long everybody signs in again. Default: 12h.'),
      provider: duration
        .optional()
        .describe(
          'After so long whoever came from the identity provider signs in there again: their roles are read then. Default: 4h.',
        ),
    })
    .optional()
    .describe('How long somebody stays signed in.'),
  passwords: z
    .strictObject({
      shortest: z.int().min(8).max(128).optional().describe('Characters that a password has at least. Default: 12.'),
    })
    .optional()
    .describe('Of accounts that sign in with a password.'),
  tokens: z
    .strictObject({
      rate: z
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .describe('Requests a second of a token that has no rate of its own. Default: 100.'),
    })
    .optional()
    .describe('Of applications and identity providers.'),
  oidc: oidc.optional().describe('Sign-in at an identity provider (OpenID Connect).'),
  person: z
    .strictObject({
      attribute: z
        .string()
        .min(1)
        .max(255)
        .describe('Attribute of a person that says who somebody is, such as `mail` or `employeeId`; nobody may edit their own.'),
      claim: z
        .string()
        .min(1)
        .max(255)
        .describe('Claim of the identity provider with the same value; dots lead inwards. Of `email`, one that it verified.'),
    })
    .optional()
    .describe('Which person somebody is who signs in at the identity provider. Without another role they see their own profile.'),
});

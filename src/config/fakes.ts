/** Connector types for tests of this folder and for the schema's own test: what a definition may declare, nothing that runs. */
import { z } from 'zod';
import type { ConnectorDefinition } from '#connectors/contract';

function fake(type: string, title: string, config: z.ZodType, writes?: ConnectorDefinition['writes']): ConnectorDefinition {
  return {
    type,
    title,
    maturity: 'alpha',
    config,
    ...(writes === undefined ? {} : { writes }),
    open: () => {
      throw new Error(`${type} cannot be opened`);
    },
  };
}

export const FAKES: ReadonlyMap<string, ConnectorDefinition> = new Map(
  [
    fake(
      'csv',
      'CSV files',
      z.strictObject({
        path: z.string().min(1).describe('The file; a relative path starts at the folder of rollcall.yaml.'),
        anchor: z.string().min(1).describe('Column that never changes about a row.'),
        delimiter: z.string().length(1).optional().describe('Default: found out.'),
        headers: z.record(z.string(), z.string()).optional().describe('Column → name to use.'),
      }),
      'callerKey',
    ),
    fake(
      'feed',
      'Feeds',
      z.strictObject({ url: z.string().describe('Address.'), bind: z.record(z.string(), z.string()).optional() }),
      'never',
    ),
    fake(
      'ldap',
      'Directories',
      z.strictObject({
        url: z
          .string()
          .regex(/^ldaps?:\/\//, 'must begin with ldap:// or ldaps://')
          .describe('Address of the server.'),
        bind: z
          .strictObject({
            dn: z.string().describe('Who signs in.'),
            password: z.string().min(6).meta({ secret: true }).describe('Password of that account.'),
          })
          .optional()
          .describe('How Rollcall signs in.'),
        tokens: z.record(z.string(), z.string()).meta({ secret: true }).optional().describe('Further credentials.'),
        port: z.int().min(1).max(65_535).default(636).describe('Port.'),
      }),
    ),
  ].map((one) => [one.type, one]),
);

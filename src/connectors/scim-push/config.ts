/** What a connection that an identity provider pushes into may be told. */
import { z } from 'zod';
import { type WrittenExtension, writtenExtensions } from '#protocols/scim/written-extensions';

export interface ScimPushConfig {
  readonly strict: boolean;
  readonly extensions: readonly WrittenExtension[];
}

export const scimPushConfig: z.ZodType<ScimPushConfig> = z.strictObject({
  strict: z
    .boolean()
    .default(false)
    .describe(
      'Whether requests that are not as the RFC wants them are refused. Otherwise what identity providers send is understood.',
    ),
  extensions: writtenExtensions.describe('Schemas beside those of the RFC.'),
});

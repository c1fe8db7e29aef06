/**
 * An identity provider that pushes people and groups by SCIM 2.0 (RFC 7643, 7644). The requests come over HTTP (server/scim); here is
 * what becomes of each. The guide is docs/guide/scim-push.md.
 *
 *   config    settings
 *   receive   a request and the resource as it is → what is staged, and the answer
 *   kinds     which resource type is which kind
 */
import type { ConnectorDefinition } from '#connectors/contract';
import { imageTypes } from '#protocols/scim/image-types';
import { resourceTypes } from '#protocols/scim/resource-types';
import { extensionsOf } from '#protocols/scim/written-extensions';
import { type ScimPushConfig, scimPushConfig } from './config.ts';
import { IDENTITY, KIND_OF } from './kinds.ts';
import { receiver } from './receive.ts';

export const scimPush: ConnectorDefinition<ScimPushConfig> = {
  type: 'scim-push',
  title: 'SCIM 2.0: an identity provider pushes',
  maturity: 'alpha',
  config: scimPushConfig,
  writes: 'never',
  edges: { group: ['members'] },
  identity: IDENTITY,
  open(config) {
    const types = resourceTypes(extensionsOf(config.extensions));
    return {
      test: async () => 'waits for requests',
      discoverSchema: async () => ({
        complete: false,
        kinds: Object.fromEntries(types.map((type) => [KIND_OF[type.name], imageTypes(type)])),
      }),
      receive: receiver(types, config.strict),
      close: async () => undefined,
    };
  },
};

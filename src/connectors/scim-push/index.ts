/**
 * An identity provider that pushes people and groups by SCIM 2.0 (RFC 7643, 7644). The requests come over HTTP (server/scim); here is
 * what becomes of each. The guide is docs/guide/scim-push.md.
 *
 *   config    settings, extensions of one's own
 *   receive   a request and the resource as it is → what is staged, and the answer
 *   kinds     which resource type is which kind
 */
import type { AttributeType, ConnectorDefinition } from '#connectors/contract';
import { fieldsOf, isMembers } from '#protocols/scim/fields';
import { resourceTypes } from '#protocols/scim/resource-types';
import type { ScimAttribute, ScimResourceType } from '#protocols/scim/schema';
import { extensionsOf, type ScimPushConfig, scimPushConfig } from './config.ts';
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
    const types = resourceTypes(extensionsOf(config));
    return {
      test: async () => 'waits for requests',
      discoverSchema: async () => ({
        complete: false,
        kinds: Object.fromEntries(types.map((type) => [KIND_OF[type.name], schemaOf(type)])),
      }),
      receive: receiver(types, config.strict),
      close: async () => undefined,
    };
  },
};

/** What there is beside these is made for rules: `emails.work`. */
function schemaOf(type: ScimResourceType): { readonly [attribute: string]: AttributeType } {
  const out: { [attribute: string]: AttributeType } = {};
  for (const field of fieldsOf(type).all) {
    const { attribute, subs, image } = field;
    if (image === 'id' || attribute.returned === 'never') continue;
    if (isMembers(field)) out[image] = { type: 'reference', multi: true, matching: 'exact' };
    else if (attribute.multiValued) out[image] = { ...typeOf(attribute), type: 'string', multi: true };
    else if (subs.length === 0) out[image] = typeOf(attribute);
    else for (const sub of subs) out[sub.name === 'value' ? image : `${image}.${sub.name}`] = typeOf(sub);
  }
  return out;
}

function typeOf({ type, multiValued, caseExact }: ScimAttribute): AttributeType {
  const matching = caseExact ? 'exact' : 'caseIgnore';
  if (type === 'boolean') return { type: 'boolean', multi: multiValued, matching: 'boolean' };
  if (type === 'integer') return { type: 'integer', multi: multiValued, matching: 'integer' };
  if (type === 'decimal') return { type: 'decimal', multi: multiValued, matching: 'exact' };
  if (type === 'dateTime') return { type: 'instant', multi: multiValued, matching: 'instant' };
  return { type: 'string', multi: multiValued, matching };
}

/** The only list of connectors that are built in; config/own-connectors loads those that rollcall.yaml names by path. */
import type { ConnectorDefinition } from '#connectors/contract';
import { csv } from '#connectors/csv/index';
import { jsonl } from '#connectors/jsonl/index';
import { ldap } from '#connectors/ldap/index';
import { ldif } from '#connectors/ldif/index';
import { memory } from '#connectors/memory/index';
import { people } from '#connectors/people/index';
import { scim } from '#connectors/scim/index';
import { scimPush } from '#connectors/scim-push/index';
import { sql } from '#connectors/sql/index';
import { webhookPush } from '#connectors/webhook-push/index';

export const CONNECTORS: ReadonlyMap<string, ConnectorDefinition> = new Map(
  [csv, jsonl, ldap, ldif, memory, people, scim, scimPush, sql, webhookPush].map((definition) => [
    definition.type,
    definition as ConnectorDefinition,
  ]),
);

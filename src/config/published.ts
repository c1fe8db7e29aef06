/** The JSON Schema for editors, from the same declarations that check the file. Draft 7: what editors understand best. */
import { z } from 'zod';
import type { ConnectorDefinition } from '#connectors/contract';
import { BY_PATH } from './own-connectors.ts';
import { connectionKeys, file } from './shape/file.ts';
import { isSecret, knownKeys, schemasAt } from './shape/walk.ts';

type Json = { [key: string]: unknown };

/** @param definitions type → definition; each type's keys are offered where `type` names it. */
export function jsonSchema(definitions: ReadonlyMap<string, ConnectorDefinition>): object {
  const whole = toJson(file);
  const top = whole.properties as Json;
  top.access = withReferences(top.access, file, ['access']);
  top.notify = withReferences(top.notify, file, ['notify']);
  const connections = top.connections as Json;
  const common = connections.additionalProperties as Json;
  const { type, ...meaning } = (common.properties as Json).type as Json;
  const types = [{ enum: [...definitions.keys()].sort() }, { type, pattern: BY_PATH.source }];
  (common.properties as Json).type = { ...meaning, anyOf: types };
  delete common.additionalProperties;
  common.allOf = [...definitions.values()].sort((a, b) => (a.type < b.type ? -1 : 1)).map(perType);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'rollcall.yaml',
    description: 'Configuration of Rollcall.',
    ...whole,
  };
}

function perType(definition: ConnectorDefinition): Json {
  const own = toJson(definition.config);
  const properties: Json = Object.fromEntries(Object.keys(connectionKeys).map((key) => [key, true]));
  for (const key of knownKeys(definition.config, [])) properties[key] = offered(definition, own, key);
  const then: Json = { properties, additionalProperties: false };
  if (Array.isArray(own.required)) then.required = own.required;
  return { if: { properties: { type: { const: definition.type } }, required: ['type'] }, then };
}

/** A secret is written as a reference, whatever the value behind it looks like. */
function offered(definition: ConnectorDefinition, own: Json, key: string): unknown {
  const property = (own.properties as Json | undefined)?.[key] ?? toJson(schemasAt(definition.config, [key])[0] as z.ZodType);
  return withReferences(property, definition.config, [key]);
}

function withReferences(node: unknown, schema: z.ZodType, path: readonly (string | number)[]): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const one = node as Json;
  if (one.type === 'string') {
    const { description } = one;
    const reference = { type: 'string', pattern: '^\\$\\{(?:env|file):[^}]+\\}$' };
    if (isSecret(schema, path))
      return { ...reference, description: `${description ?? 'Secret.'} Written as \${env:NAME} or \${file:path}.` };
    const { description: _, ...rest } = one;
    const plain = Object.keys(rest).every(
      (word) => word === 'type' || word === 'minLength' || word === 'default' || word === 'secret',
    );
    return plain
      ? one
      : {
          ...(description === undefined ? {} : { description }),
          anyOf: [rest, { type: 'string', pattern: '\\$\\{(?:env|file):[^}]+\\}' }],
        };
  }
  const out = { ...one };
  if (isMap(one.properties)) {
    out.properties = Object.fromEntries(
      Object.entries(one.properties).map(([key, value]) => [key, withReferences(value, schema, [...path, key])]),
    );
  }
  if (isMap(one.additionalProperties)) out.additionalProperties = withReferences(one.additionalProperties, schema, [...path, '']);
  if (isMap(one.items)) out.items = withReferences(one.items, schema, [...path, 0]);
  if (Array.isArray(one.anyOf)) out.anyOf = one.anyOf.map((branch) => withReferences(branch, schema, path));
  return out;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toJson(schema: z.ZodType): Json {
  const { $schema, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema }) => void delete (jsonSchema as Json).secret,
  }) as Json;
  return json;
}

/** docs/guide/json.md, made from the shapes of the operations. A test holds the file to this text. */
import { z } from 'zod';
import type { Command } from './command.ts';

export function jsonGuide(commands: readonly Command[]): string {
  return `# JSON

<!-- Made from the shapes of the operations (src/cli/json-guide.ts). Change them, then: npm test -- -u src/cli -->

With \`--json\` every [command](command-line.md) prints one object on one line and nothing else on stdout. It opens with \`version\` and \`command\`. Within a
version, fields are added and never changed or taken away; a reader ignores fields it does not know. Instants are ISO 8601 in
UTC. A fault prints \`{"version":1,"command":…,"error":{"kind","message","where","remedy"},"faults":[…]}\` and the exit code tells.

\`--help --json\` prints of the command, or of all of them, \`{"version":1,"command":"help","commands":[{"name","summary","about","usage",
"arguments","options","examples"}]}\`; \`--version --json\` prints \`{"version":1,"command":"version","rollcall":…}\`.

${commands.map(shape).join('\n')}`;
}

function shape(command: Command): string {
  return `## ${command.name} --json\n\n\`\`\`ts\n${typeText(z.toJSONSchema(command.output, { unrepresentable: 'any' }) as Schema, '')}\n\`\`\`\n`;
}

export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

/** A JSON Schema as a TypeScript type: shorter, and read by more people. */
export function typeText(schema: Schema, indent: string): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => typeText(one, indent)).join(' | ');
  if (schema.type === 'array') {
    const item = typeText(schema.items ?? {}, indent);
    const several = schema.items?.anyOf !== undefined || (item.includes(' | ') && !item.startsWith('{'));
    return several ? `(${item})[]` : `${item}[]`;
  }
  if (schema.type !== 'object') {
    const types = schema.type === undefined ? ['unknown'] : [schema.type].flat();
    return types.map((one) => (one === 'integer' ? 'number' : one)).join(' | ');
  }
  const inner = `${indent}  `;
  const fields = Object.entries(schema.properties ?? {}).map(([name, one]) => {
    const optional = schema.required?.includes(name) === true ? '' : '?';
    return `${inner}${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}${optional}: ${typeText(one, inner)};\n`;
  });
  if (typeof schema.additionalProperties === 'object')
    fields.push(`${inner}[name: string]: ${typeText(schema.additionalProperties, inner)};\n`);
  if (fields.length === 0) return 'Record<string, never>';
  const flat = `{ ${fields.map((one) => one.trim().replace(/;$/, '')).join('; ')} }`;
  return fields.length <= 6 && flat.length + indent.length < 110 && !flat.includes('\n')
    ? flat
    : `{\n${fields.join('')}${indent}}`;
}

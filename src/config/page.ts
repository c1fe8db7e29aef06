/** docs/guide/configuration.md, from the same declarations that check the file: whatever a key means is said once, there. */
import type { z } from 'zod';
import type { ConnectorDefinition } from '#connectors/contract';
import type { Path } from './document.ts';
import { connectionKeys, file } from './shape/file.ts';
import { branches, descriptionOf, exampleOf, isSecret, knownKeys, schemasAt } from './shape/walk.ts';

interface Section {
  readonly title: string;
  readonly path: Path;
  readonly intro: string;
}

const SECTIONS: readonly Section[] = [
  { title: 'Top level', path: [], intro: 'Only `connections` must be there.' },
  {
    title: 'attributes',
    path: ['attributes', 'person', 'login'],
    intro:
      'Under kind and attribute name: a type (`hireDate: date`), or a map with these keys. The built-in attributes of `person` and `group` need no mention; an attribute that an import rule fills and nobody declared is plain text.',
  },
  { title: 'attributes: unique', path: ['attributes', 'person', 'login', 'unique'], intro: 'Values that Rollcall makes.' },
  {
    title: 'life',
    path: ['life', 'person'],
    intro:
      'Without it, somebody is active while a connection marked `owner: true` has them, then `leaving` for 30 days, then `gone`; a group is gone with its source. Where no connection is marked, nobody leaves by being absent, and `rollcall check` says so.',
  },
  {
    title: 'Every connection',
    path: ['connections', 'hr'],
    intro: "These keys go with every type; the type's own keys are below.",
  },
  {
    title: 'Import rules',
    path: ['connections', 'hr', 'import', 'person'],
    intro: 'Under `import`, per kind. Expressions see the source object as `row`.',
  },
  {
    title: 'Import: one attribute',
    path: ['connections', 'hr', 'import', 'person', 'attributes', 'mail'],
    intro: 'Instead of a plain source attribute:',
  },
  {
    title: 'Export rules',
    path: ['connections', 'hr', 'export', 'person'],
    intro:
      'Under `export`, per kind. Expressions see the object under the name of its kind, such as `person`, with one hop through references: `person.manager.mail`.',
  },
  {
    title: 'Export: one attribute',
    path: ['connections', 'hr', 'export', 'person', 'attributes', 'mail'],
    intro: 'Instead of a plain attribute:',
  },
  {
    title: 'deprovision',
    path: ['connections', 'hr', 'deprovision'],
    intro: 'Only accounts that Rollcall linked are ever touched.',
  },
  { title: 'blackout', path: ['connections', 'hr', 'blackout', 0], intro: 'Each from a day to a day.' },
  { title: 'hook', path: ['connections', 'hr', 'hook'], intro: 'See [Incoming webhooks](webhooks.md).' },
  { title: 'hook: object', path: ['connections', 'hr', 'hook', 'object'], intro: '' },
  { title: 'pace', path: ['connections', 'hr', 'pace'], intro: 'A change is one account, or the members of one group.' },
  {
    title: 'gates',
    path: ['gates', 'delete'],
    intro:
      'Under `create`, `update`, `disable`, `delete`, `unlink`, `member`, `attribute` (every attribute), `empty` (every attribute that becomes empty), or one attribute: `attribute:mail`, `empty:mail`.',
  },
  {
    title: 'schedule',
    path: ['schedule', '*'],
    intro: 'Under the name of a connection, or `*` for all: five fields as text, or a map with these keys.',
  },
  { title: 'hooks', path: ['hooks', 0], intro: 'Each with either `command` or `webhook`.' },
  { title: 'audit', path: ['audit'], intro: '' },
  { title: 'limits', path: ['limits'], intro: '' },
  { title: 'log', path: ['log'], intro: '' },
  { title: 'telemetry: traces', path: ['telemetry', 'traces'], intro: '' },
  { title: 'server', path: ['server'], intro: '' },
  {
    title: 'server: tls',
    path: ['server', 'tls'],
    intro: 'Paths are seen from the folder of the file. Renewed files are taken over while the service goes on.',
  },
  {
    title: 'notify',
    path: ['notify', 'admins'],
    intro: 'Under a name of your choice, each with either `webhook` or `mail`. See [Notifications](notifications.md).',
  },
  { title: 'notify: webhook', path: ['notify', 'admins', 'webhook'], intro: '' },
  { title: 'notify: mail', path: ['notify', 'admins', 'mail'], intro: '' },
  {
    title: 'scim',
    path: ['scim', 'apps'],
    intro: 'Under a name of its own, which is no connection: what applications read at `/scim/v2/NAME` ([how](scim-serve.md)).',
  },
  { title: 'scim: users, groups', path: ['scim', 'apps', 'users'], intro: '' },
  { title: 'scim: extensions', path: ['scim', 'apps', 'extensions', 0], intro: '' },
  {
    title: 'access',
    path: ['access'],
    intro:
      'Of `rollcall serve` alone: the command line asks nobody. Tokens are made by `rollcall token create`, accounts by `rollcall account invite`.',
  },
  { title: 'access: sessions', path: ['access', 'sessions'], intro: '' },
  { title: 'access: passwords', path: ['access', 'passwords'], intro: '' },
  { title: 'access: tokens', path: ['access', 'tokens'], intro: '' },
  {
    title: 'access: oidc',
    path: ['access', 'oidc'],
    intro:
      'Authorization code flow with PKCE. At the provider, register `URL/oidc/callback` as redirect address and `URL/sign-in` as the one after signing out, where URL is that of `access`.',
  },
];

/** @param example the commented example, YAML. */
export function referencePage(definitions: ReadonlyMap<string, ConnectorDefinition>, example: string): string {
  const types = [...definitions.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  const parts = [
    '# Configuration',
    '',
    '<!-- Written by scripts/write-schema.ts from the declarations in src/config; change those. -->',
    '',
    'Everything Rollcall does is said in one file, `rollcall.yaml`. `rollcall check` reads it and names every fault in it at once, with line, column and what to do.',
    'Editors that know JSON Schema complete and check it while you type: keep the first line of the example, with the path to `schema/rollcall.schema.json`.',
    '',
    '## A whole example',
    '',
    '```yaml',
    example.trimEnd(),
    '```',
    '',
    '## How values are written',
    '',
    '- **Expressions.** `${ … }` is an expression; without it a rule names one attribute. `filter`, `when`, `active` and `protect` are always expressions and need no `${ }`. Quote an expression that contains `: ` or ` #`, or stands inside `{ }`: YAML would read these itself.',
    '- **Secrets.** `${env:NAME}` is an environment variable, `${file:path}` the content of a file without the newline at its end. Settings marked *secret* take nothing else, and are never stored or printed. What comes from a file, or stands in a URL, is never printed either. Rules cannot hold references.',
    '- **Durations** are a whole number and `w`, `d`, `h`, `m` or `s`: `30d`, `1h30m`. **Sizes** are a whole number and `B`, `KB`, `MB` or `GB`.',
    '- **YAML** is version 1.2: `yes`, `no`, `on` and `off` are text. Tags, merge keys and several documents in one file are refused; anchors and aliases work.',
    '- **Paths** start at the folder of the file.',
    '',
    ...SECTIONS.flatMap(({ title, path, intro }) =>
      section(
        title,
        intro,
        table(schemasAt(file, path), path.length === 2 && path[0] === 'connections' ? Object.keys(connectionKeys) : null),
      ),
    ),
    '## Connection types',
    '',
    ...types.flatMap((one) =>
      section(
        `type: ${one.type}`,
        `${one.title}${one.maturity === 'stable' ? '' : ` (${one.maturity})`}.`,
        table([one.config], null),
      ),
    ),
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

function section(title: string, intro: string, rows: readonly string[]): string[] {
  const text = intro === '' ? [] : [intro, ''];
  return [`${title.startsWith('type:') ? '###' : '##'} ${title}`, '', ...text, ...rows, ''];
}

function table(schemas: readonly z.core.$ZodType[], only: readonly string[] | null): string[] {
  const rows = ['| key | value | meaning |', '| --- | --- | --- |'];
  const keys = only ?? [...new Set(schemas.flatMap((schema) => knownKeys(schema, [])))];
  for (const key of keys) {
    const found = schemas.flatMap((schema) => schemasAt(schema, [key]));
    const described = found.map(descriptionOf).find((text) => text !== null) ?? '';
    const required = found.every((schema) => !isOptional(schema)) ? '**required** ' : '';
    const secret = schemas.some((schema) => isSecret(schema, [key])) ? ' *Secret.*' : '';
    rows.push(
      `| \`${key}\` | ${form(found[0]!)} | ${required}${described.replaceAll('|', '\\|').replaceAll('\n', ' ')}${secret} |`,
    );
  }
  return rows;
}

function isOptional(schema: z.core.$ZodType): boolean {
  return (schema as z.ZodType).safeParse(undefined).success;
}

function form(schema: z.core.$ZodType): string {
  const forms = branches(schema).map((one) => {
    const { def } = one._zod;
    if (def.type === 'enum')
      return Object.values(def.entries)
        .map((word) => `\`${String(word)}\``)
        .join(', ');
    if (def.type === 'literal') return def.values.map((word) => `\`${String(word)}\``).join(', ');
    if (def.type === 'string') return exampleOf(one) ?? 'text';
    if (def.type === 'number') return 'number';
    if (def.type === 'boolean') return '`true`, `false`';
    if (def.type === 'array') return `list of ${form(def.element)}`;
    if (def.type === 'null') return 'empty';
    return 'map';
  });
  return [...new Set(forms)].join(' or ');
}

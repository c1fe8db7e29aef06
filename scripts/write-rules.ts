/** docs/guide/rules.md: the rule language, its functions and attributes from the tables the program itself is built from. */
import { BUILT_IN } from '#core/attributes';
import { CALLS, FUNCTIONS, LOOPS, METHODS, REDIRECTED } from '#rules/functions';

const INTRO = `# Rules

<!-- Written by scripts/write-schema.ts from the tables in src/rules and src/core; change those, or the text in scripts/write-rules.ts. -->

What rules in rollcall.yaml can say. Recipes for names, logins, contracts and dates are in the [mappings cookbook](mappings.md), all keys of the file in
[configuration](configuration.md).

## How an attribute is written

\`\`\`yaml
title: job_title                                       # a copy of that attribute
displayName: \${row.first_name + " " + row.last_name}   # an expression: the whole value stands in \${ }
mobile: { value: mobile, empty: clears }               # either of them, with options
manager: { reference: manager_id, by: employeeId }     # the key of another object
login: { function: ./rules.ts#login, reads: [mail] }   # a function of your own
password: { generate: {}, deliver: { file: secrets } } # exports: made for a new account, and kept nowhere
\`\`\`

Where only an expression makes sense (\`filter\`, \`when\`, \`active\`, \`primary\`, \`protect\`, \`candidates\`), \`\${ }\` may be left out. Text around \`\${ }\` is refused: put it
inside, \`\${"uid=" + person.login + ",ou=people"}\`. How passwords are made and who is told: [initial passwords](passwords.md).

## What an expression sees

| name | where | what |
| --- | --- | --- |
| \`row\` | imports | the object as the source has it: \`row.first_name\`, \`row["First name"]\`; \`row.anchor\` and \`row.name\` unless attributes are called so |
| \`person\`, \`group\` … | everywhere else, by kind | the agreed attributes, and \`id\`, \`active\`, \`state\`; through a reference to one object one step: \`person.manager.mail\` |
| \`n\` | candidates of unique values | counts from 2 until a free value is found |

\`state\` is \`expected\`, \`active\`, \`leaving\` or \`gone\`. Dates are texts, \`2026-03-01\`; points in time are texts in UTC, \`2026-03-01T08:00:00Z\`.

An attribute that is absent or empty is null. An expression that fails only because of such an attribute **says nothing**, and the next source in rank decides;
a filter says no. \`has(row.x)\` asks first. An expression that fails for any other reason is a fault of that object and attribute: its last value stays, the
rest goes on.

## The language

It is [CEL](https://cel.dev): \`+ - * / %\`, \`== != < <= > >=\`, \`&& || !\`, \`a ? b : c\`, \`in\`, texts in \`"…"\` or \`'…'\`, lists \`["a", "b"]\`, maps \`{"A": "active"}[row.status]\`, and
the loops LOOPS, which name their element first: \`row.groups.exists(g, g == "staff")\`.

Names, types and functions are checked when the file is loaded, with line and column. An expression has at most 10,000 characters; while it runs, its loops,
what they look at and the text it makes are counted, and one that goes on for too long is stopped and reported. It reaches neither files nor network, and knows no clock but the run's.

## Functions

| function | example |
| --- | --- |
| \`has(attribute): bool\` | \`has(row.mail)\`: whether it has a value |
`;

const OUTRO = `
From CEL as it is: STANDARD. \`before\` and \`after\` take a date as the whole day: \`after\` is true when the last day is over. Where a zone may be given, it is the
file's \`zone\` otherwise. \`formatDate\` knows \`yyyy yy MM M dd d HH mm ss\`. The pattern of \`matches\` stands in the rule itself and is a regular expression without
back references, look-around, or repetitions inside repetitions, with at most three repetitions (two where it does not begin with \`^\`)
and eight alternatives and optional parts (two beside three repetitions).

## Names of a directory

\`\`\`yaml
dn: \${"CN=" + person.displayName + ",OU=People,DC=example,DC=org"}
\`\`\`

The rule decides what the levels of a DN are, and data never: a value behind \`type=\` is one value, and is escaped (\`Braun, Karl\` makes \`CN=Braun\\, Karl,OU=…\`), with \`dnValue()\` or without
it. Where a level begins, a value may be a whole DN: \`"CN=" + person.displayName + "," + person.path\`. Join the parts with \`+\`; inside a function call or a list each
value needs \`dnValue()\`, and so it does in other attributes that hold a DN. A value that could change the levels is refused, with the rule named.

## Functions of your own

\`function: ./rules.ts#login\` names an exported function in a file beside rollcall.yaml, JavaScript or TypeScript without syntax that needs compiling. It is called with the
attributes under \`reads\`, null where there is none, and the run's time in milliseconds, and answers at once:

\`\`\`ts
export function login({ mail }: { mail: string | null }, now: number): string | null {
  return mail === null ? null : mail.split('@')[0]!;
}
\`\`\`

Null says that the value is empty, undefined says nothing. A changed file is a changed rule: the next run says so and works everything out anew.

## Several rows of one object

With \`many: true\`, \`primary\` sorts the rows and the first one speaks first: \`row.main == "yes"\` puts true before false, \`latest start\` and \`desc start\` the largest value first,
\`earliest start\` and \`asc start\` the smallest, \`anchor\` decides what is left. Steps stand in a list, or in one text with \`, then \` between them. \`aggregates\` take one attribute over
all rows: \`min\`, \`max\`, \`union\` of lists, \`any\` and \`all\` of true and false.

## Attributes that are known without being declared

Others may be declared under \`attributes\`; one that an import fills and nobody declared is plain text.

`;

const SKIPPED = new Set(['isPresent']);
const shown = new Map([...REDIRECTED].map(([name, target]) => [target, name]));
const cell = (text: string): string => text.replaceAll('|', '\\|');
const words = (names: Iterable<string>): string => [...names].map((name) => `\`${name}\``).join(', ');

/** \`call\` → answer, \`call\`: what it means, or words only. */
function exampleCell(example: string): string {
  const [, call, rest] = /^(.+?\)(?: <= \d+)?)((?: →|:).*)?$/.exec(example) ?? [];
  return call === undefined ? example : `\`${call}\`${(rest ?? '').replace(/→ ([^;]+)/, '→ `$1`')}`;
}

export function rulesPage(): string {
  const functions = FUNCTIONS.map(({ signature, example }) => ({ name: /(\w+)\(/.exec(signature)![1]!, signature, example }));
  const rows = functions
    .filter(({ name }) => !SKIPPED.has(name))
    .map(({ name, signature, example }) => {
      const written = signature.replace(`${name}(`, `${shown.get(name) ?? name}(`);
      return `| \`${cell(written)}\` | ${cell(exampleCell(example))} |`;
    });
  const ours = new Set(functions.map(({ name }) => shown.get(name) ?? name));
  const standard = [...new Set([...METHODS, ...CALLS])].filter((name) => !ours.has(name) && !LOOPS.has(name));
  const attributes = [...BUILT_IN].flatMap(([kind, of]) => [
    `### ${kind}`,
    '',
    '| attribute | meaning | type |',
    '| --- | --- | --- |',
    ...[...of.values()].map(
      ({ name, label, type, multi, refersTo }) =>
        `| \`${name}\` | ${label} | ${multi ? 'list of ' : ''}${type}${refersTo === undefined ? '' : ` to ${refersTo}`} |`,
    ),
    '',
  ]);
  return `${INTRO.replace('LOOPS', words(LOOPS))}${rows.join('\n')}\n${OUTRO.replace('STANDARD', words(standard))}${attributes.join('\n').trimEnd()}\n`;
}

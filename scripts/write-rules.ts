/** Writes docs/guide/rules.md: what expressions can do, from the table the rule language is built from. */
import { writeFileSync } from 'node:fs';
import { FUNCTIONS, REDIRECTED } from '#rules/functions';

const INTRO = `# Rules

What expressions in rollcall.yaml can do. Recipes for names, logins, contracts and dates are in the [mappings cookbook](mappings.md), all keys of the file in
[configuration](configuration.md). The functions below come from the program itself: \`npm run docs\` writes this page.

## How an attribute is written

\`\`\`yaml
title: job_title                                  # a copy of that attribute
displayName: \${row.first_name + " " + row.last_name}   # an expression: the whole value stands in \${ }
mobile: { value: mobile, empty: clears }          # either of them, with options
manager: { reference: manager_id, by: employeeId }  # the key of another object
\`\`\`

Where only an expression makes sense (\`filter\`, \`when\`, \`primary\`, \`protect\`, \`candidates\`), \`\${ }\` may be left out.

## What an expression sees

| name | where | what |
| --- | --- | --- |
| \`row\` | imports | the object as the source has it: \`row.first_name\`, \`row["First name"]\`; \`row.anchor\` and \`row.name\` unless attributes are called so |
| \`person\`, \`group\` … | everywhere else, by kind | the agreed attributes, and \`id\`, \`active\`, \`state\`; through a reference one step: \`person.manager.mail\` |
| \`n\` | candidates of unique values | counts from 2 until a free value is found |

An attribute that is absent or empty is null. An expression that fails only because of such an attribute **says nothing**, and the next source in rank decides;
a filter says no. \`has(row.x)\` asks first. The language is [CEL](https://cel.dev): \`+ - * / %\`, \`== != < <= > >=\`, \`&& || !\`, \`a ? b : c\`, \`in\`, lists and the loops
\`all exists exists_one map filter\`. Expressions reach neither files nor network and are bounded in time and size.

## Functions

| function | example |
| --- | --- |
`;

const OUTRO = `
From CEL as it is: \`startsWith\`, \`endsWith\`, \`contains\`, \`trim\`, \`indexOf\`, \`lastIndexOf\`, \`size\`, and the conversions \`string\`, \`int\`, \`double\`, \`bool\`.
`;

const shown = new Map([...REDIRECTED].map(([name, target]) => [target, name]));
const cell = (text: string): string => text.replaceAll('|', '\\|');

export function rulesPage(): string {
  const rows = FUNCTIONS.filter(({ signature }) => !signature.startsWith('isPresent')).map(({ signature, example }) => {
    const written = signature.replace(/\w+(?=\()/, (name) => shown.get(name) ?? name);
    return `| \`${cell(written)}\` | ${cell(example.replace(/^[^→:]+/, (call) => `\`${call.trim()}\` `))} |`;
  });
  return `${INTRO}| \`has(attribute): bool\` | whether it has a value |\n${rows.join('\n')}\n${OUTRO}`;
}

if (import.meta.main) writeFileSync(new URL('../docs/guide/rules.md', import.meta.url), rulesPage());

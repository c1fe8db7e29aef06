/** What the shape lets through and what rules/compile reads are the same keys, said in two places. */
import { expect, test } from 'vitest';
import { compileExportRule, compileImportRule, compileLife, compileUnique, type Report } from '#rules/compile';
import { PLAIN_FIELD } from '#rules/field';
import type { Path } from '../document.ts';
import { file } from './file.ts';
import { knownKeys, schemasAt } from './walk.ts';

const known = (path: Path): string[] => [...new Set(schemasAt(file, path).flatMap((schema) => knownKeys(schema, [])))].sort();

/** What a compiler says it knows, when it is given a key that nobody knows. */
function listed(compile: (report: Report) => unknown): string[] {
  const remedies: string[] = [];
  compile((_, message, remedy) => void (message.startsWith('unknown key') && remedies.push(remedy ?? '')));
  return remedies[0]!.replace('known here: ', '').split(', ').sort();
}

const mail = { name: 'mail', type: 'string', multi: false, matching: 'exact', strategy: 'ranked', rank: [] } as const;
const attributes = new Map([['mail', { ...mail, once: false, unique: null, label: null, indexed: false, field: PLAIN_FIELD }]]);
const object = { kind: 'person', attributes, refersTo: () => 'person', attributesOf: () => attributes, zone: 'UTC' };
const here = { ...object, connection: 'hr', connections: new Set(['hr']) };
const target = { target: null, named: false, deprovision: { action: 'none', then: 'none', afterMs: 0 } } as const;
const ODD = { qqqqqqqqqqqq: 1 };
const of = (rule: object): object => ({ attributes: { mail: rule } });

test.each([
  ['import', ['connections', 'hr', 'import', 'person'], (r: Report) => compileImportRule(ODD, { ...here, columns: null }, r)],
  [
    'import flow',
    ['connections', 'hr', 'import', 'person', 'attributes', 'mail'],
    (r: Report) => compileImportRule(of(ODD), { ...here, columns: null }, r),
  ],
  ['export', ['connections', 'hr', 'export', 'person'], (r: Report) => compileExportRule(ODD, { ...here, ...target }, r)],
  [
    'export flow',
    ['connections', 'hr', 'export', 'person', 'attributes', 'mail'],
    (r: Report) => compileExportRule(of(ODD), { ...here, ...target }, r),
  ],
  ['life', ['life', 'person'], (r: Report) => compileLife(ODD, object, r)],
  ['unique', ['attributes', 'person', 'mail', 'unique'], (r: Report) => compileUnique(ODD, 'mail', here, r)],
])('%s', (_, path, compile) => {
  expect(known(path)).toEqual(listed(compile));
});

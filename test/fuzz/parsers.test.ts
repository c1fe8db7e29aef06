/**
 * SEMANTICS 18: 50,000 inputs per parser with a printed seed. Whatever the input, a parser ends, throws nothing but its own error, and
 * leaves the program's prototypes alone.
 */
import { expect, it } from 'vitest';
import { parseDocument } from '#config/document';
import type { Present } from '#connectors/contract';
import type { CsvConfig } from '#connectors/csv/config';
import { csv } from '#connectors/csv/index';
import { rowReader } from '#connectors/csv/layout';
import { newTable, readTable } from '#connectors/csv/table';
import { readLines } from '#connectors/files/lines';
import type { SourceFile } from '#connectors/files/source';
import { changeOf as jsonlChange } from '#connectors/jsonl/change';
import type { JsonlConfig } from '#connectors/jsonl/config';
import { jsonl } from '#connectors/jsonl/index';
import { objectOf as jsonlObject } from '#connectors/jsonl/parse';
import { changeOf as ldifChange } from '#connectors/ldif/changes';
import { type LdifConfig, planOf } from '#connectors/ldif/config';
import { ldif } from '#connectors/ldif/index';
import { Renames } from '#connectors/ldif/renames';
import { objectOf as ldifObject } from '#connectors/ldif/view';
import { webhookPushConfig } from '#connectors/webhook-push/config';
import { receiver } from '#connectors/webhook-push/receive';
import { canonicalJson } from '#core/canonical';
import { holds } from '#core/condition';
import { normalDn, parentDn, parseDn } from '#core/dn';
import { RollcallError } from '#core/errors';
import { LdifReader } from '#protocols/ldap/ldif';
import { readNew, readReplacement } from '#protocols/scim/body';
import { ScimError } from '#protocols/scim/errors';
import { FilterError } from '#protocols/scim/filter/ast';
import { compileFilter } from '#protocols/scim/filter/compile';
import { foldDocument } from '#protocols/scim/filter/document';
import { keysOf } from '#protocols/scim/filter/keys';
import { parseFilter, parsePath } from '#protocols/scim/filter/parse';
import { fromImage, toImage } from '#protocols/scim/image';
import { applyPatch } from '#protocols/scim/patch';
import type { Resource } from '#protocols/scim/resource';
import { resourceTypes } from '#protocols/scim/resource-types';
import type { ScimResourceType } from '#protocols/scim/schema';
import { ENTERPRISE_URN, USER_URN } from '#protocols/scim/schemas';
import { createClock } from '#rules/clock';
import { compileExpression } from '#rules/expression';
import { jsonOf, objectsOf } from '#server/hooks/objects';
import { seed } from '../simulation/driver.ts';
import { type Corpus, inputOf, JSON_SIGNS } from './inputs.ts';

const RUNS = Number(process.env['ROLLCALL_RUNS'] ?? 50_000);
const LIMIT = 2_000;

/** The parser's own error, or a bug. */
function own(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof RollcallError || error instanceof ScimError)) throw error;
    if (error instanceof RollcallError ? error.kind === 'internal' : error.status >= 500) throw error;
    must(/\w{3}/.test(error.message), 'an error that says nothing');
  }
}

/** `expect` is too slow for half a million calls a second. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function prototypes(): string {
  return [Object.prototype, Array.prototype, Function.prototype, String.prototype]
    .map((one) => Object.getOwnPropertyNames(one).join())
    .join('\n');
}

function fuzz(corpus: Corpus, parse: (input: Buffer) => void | Promise<void>): void {
  it(`${corpus.name}: ${RUNS} inputs`, async () => {
    console.info(`${corpus.name}: ROLLCALL_SEED=${seed} ROLLCALL_RUNS=${RUNS}`);
    const before = prototypes();
    for (let number = 0; number < RUNS; number++) {
      const input = inputOf(corpus, seed, number);
      try {
        const done = parse(input);
        if (done !== undefined) await done;
        if (number % 1_000 === 0 || number === RUNS - 1) expect(prototypes()).toBe(before);
      } catch (error) {
        throw new Error(`${corpus.name}, seed ${seed}, input ${number}: ${JSON.stringify(input.toString('latin1'))}`, {
          cause: error,
        });
      }
    }
  });
}

async function* blocksOf(input: Buffer): AsyncGenerator<Buffer> {
  const size = 1 + (input.length % 97);
  for (let at = 0; at < input.length; at += size) yield input.subarray(at, at + size);
}

const CSV_CONFIGS = [
  { path: 'x', anchor: 'id' },
  {
    path: 'x',
    anchor: ['id', 'no'],
    delimiter: ';',
    kindColumn: 'what',
    multi: { tags: '|' },
    empty: 'empty',
    escapeFormulas: true,
  },
  { path: 'x', anchor: 'id', header: false, columns: ['id', 'name', 'tags'], quote: 'none', encoding: 'windows-1252' },
].map((config) => csv.config.parse(config) as CsvConfig);
fuzz(
  {
    name: 'CSV',
    good: [
      'id,name,tags\n1,Ada,a|b\n2,"Bo ""B""\nC",\n3,,c\n',
      'id;no;what;tags\r\n1;2;person;a|b\r\n3;4;group;"x;y"\r\n',
      '\ufeffid,name\n1,Zoë\n',
    ],
    special: [',', ';', '"', '""', '|', '\n', '\r\n', "'=1+1", 'id', 'id,name\n', '"\n', '\t'],
  },
  async (input) => {
    const config = CSV_CONFIGS[input.length % CSV_CONFIGS.length]!;
    const source = { path: 'x', blocks: () => blocksOf(input) } as unknown as SourceFile;
    const table = newTable(config, 'x');
    let rows: ReturnType<typeof rowReader> | undefined;
    const sink = {
      row(fields: string[], line: number) {
        rows ??= rowReader(table.layout!, config, 'x');
        const object = rows.read(fields, line, table.suspect);
        if ('message' in object) must((object.remedy ?? '') !== '', 'no remedy');
        else for (const text of [object.anchor, object.kind]) must(text !== '' && text.isWellFormed(), 'no key');
      },
      fault: () => undefined,
    };
    try {
      for await (const _ of readTable(source, table, config, LIMIT, sink));
    } catch (error) {
      own(() => {
        throw error;
      });
    }
  },
);

const JSONL_CONFIGS = [{ path: 'x' }, { path: 'x', anchor: 'name.id', kindField: 'kind' }].map(
  (config) => jsonl.config.parse(config) as JsonlConfig,
);
fuzz(
  {
    name: 'JSON Lines',
    good: [
      '{"id":"1","name":{"id":"a","b.c":["x",null,2]},"kind":"person","big":12345678901234567890}\n',
      '{"op":"put","kind":"person","anchor":"7","set":{"name":"Ada"},"changedAt":"2026-01-01T00:00:00Z"}\n',
      '{"op":"patch","anchor":"7","set":{"a":null},"add":{"tags":["x"]},"remove":{"tags":["y"]}}\n{"op":"delete","anchor":"7"}\n',
      '{"id":2,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"e":-1.5e300}\n',
    ],
    special: [...JSON_SIGNS, '9007199254740993'],
  },
  async (input) => {
    for await (const { lines, first, suspect } of readLines(blocksOf(input), { maxBytes: LIMIT }))
      for (const [i, line] of lines.entries())
        for (const config of JSONL_CONFIGS)
          for (const read of [jsonlObject, jsonlChange])
            own(() => {
              const { anchor, kind } = read(line, first + i, suspect, 'x', config);
              must(anchor !== '' && kind !== '', 'no key');
            });
    must(!('polluted' in {}), 'the prototype of everything was changed');
  },
);

const LDIF_PLAN = planOf(ldif.config.parse({ path: 'x', others: true, ignore: ['ou'] }) as LdifConfig, 'x', LIMIT, false, [
  'mail',
]);
fuzz(
  {
    name: 'LDIF',
    good: [
      'version: 1\n\n# c\ndn: cn=a,dc=org\nobjectClass: person\ncn:: YWJj\njpegPhoto:: AAEC\nou: x\n\ndn: cn=b\\,c+sn=d,dc=org\ncn;lang-de: ä\nmember: cn=a,\n dc=org\n',
      'dn: cn=a,dc=org\nchangetype: modify\nadd: mail\nmail: a@x\n-\ndelete: cn\n-\nreplace: sn\nsn:: !\n-\n\n',
      'dn:: Y249YQ==\nchangetype: modrdn\nnewrdn: cn=b\ndeleteoldrdn: 1\nnewsuperior: dc=x\n\ndn: cn=c\ncontrol: 1.2.3 false\nchangetype: delete\n',
    ],
    special: [
      ':',
      '::',
      ':<',
      '-',
      '\n\n',
      '\n ',
      'dn: ',
      'changetype: ',
      'add: cn\n',
      '#',
      ';',
      '=',
      'version: 1\n',
      'objectClass: ',
      '\n-\n',
    ],
  },
  (input) => {
    const reader = new LdifReader({ file: 'x', maxEntryBytes: LIMIT, telling: ['uid'] });
    const size = 1 + (input.length % 61);
    const items = [];
    for (let at = 0; at < input.length; at += size) items.push(...reader.push(input.subarray(at, at + size)));
    items.push(...reader.end());
    const renames = new Renames();
    for (const item of items) {
      if (item.type === 'fault') must((item.fault.remedy ?? '') !== '', 'no remedy');
      else {
        own(() => void ldifChange({ ...item, ...copied(item) } as typeof item, LDIF_PLAN, renames));
        if (item.type === 'entry') own(() => void ldifObject(item, LDIF_PLAN));
      }
    }
  },
);

/** What is made of an entry becomes the object's own: the second reading needs its own. */
function copied(item: object): object {
  const { attributes } = item as { attributes?: { [name: string]: unknown[] } };
  if (attributes === undefined) return {};
  return {
    attributes: Object.assign(Object.create(null), Object.fromEntries(Object.entries(attributes).map(([k, v]) => [k, [...v]]))),
  };
}

fuzz(
  {
    name: 'YAML',
    good: [
      'connections:\n  hr:\n    type: csv\n    path: hr.csv\n    anchor: id\n    import:\n      person: { join: [a], attributes: { a: id, b: "${row.x + \'y\'}" } }\n',
      'a: &x [1, 2]\nb: *x\nc: |\n  text\n  more\nd: >-\n  folded\n',
      'a: {b: 1, b: 2}\n? [x, y]\n: z\n---\nsecond: 1\n',
      'a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\n',
    ],
    special: [
      ': ',
      '- ',
      '\t',
      '&a ',
      '*a',
      '!!js ',
      '!!binary ',
      '<<: *a\n',
      '|',
      '>',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      '?',
      '#',
      '%YAML',
      '---\n',
      '\n  ',
    ],
  },
  (input) => {
    const { faults, data } = parseDocument(input.toString('utf8'), 'x');
    for (const { where, message } of faults)
      must(where.line! >= 1 && where.column! >= 1 && message !== '', 'a fault that says nothing');
    must(faults.length > 0 || data !== undefined, 'neither data nor a fault');
  },
);

const CEL_ROW = Object.freeze({
  first: 'Ada',
  n: 5,
  list: ['b', 'a'],
  nobody: null,
  boss: { id: 7, mail: 'x@y' },
  __proto__: null,
});
fuzz(
  {
    name: 'CEL',
    good: [
      'row.first + " " + row.last.lower()',
      'row.n > 3 && row.list.exists(x, x == "a") ? "a" : row.boss.mail',
      'row.list.map(x, x.upper()).filter(y, y.matches("^[A-Z]+$")).join("-")',
      '{"A": 1}[row.first].initials() + string(int("5") % 2)',
      'today() < date(row.start) || !has(row.nobody)',
    ],
    special: [
      'row.',
      '(',
      ')',
      '[',
      ']',
      '"',
      "'",
      '.matches("(a+)+$")',
      '?',
      ':',
      '&&',
      '.map(x, ',
      '.repeat(',
      '*',
      '/ 0',
      '-',
      '9223372036854775807',
      'in',
      'b"',
      'r"',
      '__proto__',
      '.constructor',
    ],
  },
  (input) => {
    const text = input.toString('utf8');
    const faults: string[] = [];
    const context = {
      variable: 'row',
      attributes: null,
      references: new Map([['boss', null]]),
      zone: 'Europe/Berlin',
      counter: false,
      get: (row: { readonly [name: string]: unknown }, name: string) => row[name],
    };
    const expression = compileExpression(text, 'value', context, (_, message) => faults.push(message));
    must((expression === null) === faults.length > 0, 'compiled and faulty, or neither');
    if (expression !== null) own(() => void expression.run(CEL_ROW, createClock(1_772_000_000_000)));
  },
);

fuzz(
  {
    name: 'DN',
    good: [
      'uid=ada,ou=people,dc=example,dc=org',
      'CN=Smith\\, J.+SN="a,b" , OU=#0401,dc=x',
      '2.5.4.3=Lu\\C4\\8Di\\C4\\87;dc=y',
      'cn=\\20x\\20',
    ],
    special: [',', ';', '+', '=', '\\', '"', '#', '\\2C', '\\C4', '  ', '<', '>', 'cn=', '\\,'],
  },
  (input) => {
    const text = input.toString('utf8');
    const parsed = parseDn(text);
    const normal = normalDn(text);
    must((parsed === null) === (normal === null), 'parsed and not normal');
    // Normal is normal: the same again, so that two spellings of one name never differ later.
    must(normal === null || normalDn(normal) === normal, 'the normal form has another one');
    parentDn(text);
  },
);

const [SCIM_USER, SCIM_GROUP] = resourceTypes([]) as [ScimResourceType, ScimResourceType];
const SCIM_ADA = foldDocument({ userName: 'Ada', active: true, emails: [{ value: 'a@b', type: 'work' }] }, SCIM_USER);
/** As `own`, of the protocol's error. */
function filterFault(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    must(error.at >= 1 && /\w{3}/.test(error.message), 'an error that says nothing');
  }
}
fuzz(
  {
    name: 'SCIM filters',
    good: [
      'userName eq "bjensen" and not (emails[type eq "work" and value co "@x.org"] or active eq true)',
      'emails[type eq "work"].value eq "a\\"b\\u00e9" or meta.lastModified gt "2026-03-01T08:00:00Z"',
      'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J" or title pr and age ge -1.5e3',
      'emails[type eq "work"].value',
      '((a eq null or (b ne false)) and (c lt 1))',
    ],
    special: [
      '(',
      ')',
      '[',
      ']',
      '"',
      '\\',
      '.',
      ':',
      'not (',
      ' and ',
      ' or ',
      ' eq ',
      ' pr',
      'null',
      '1e999',
      '\\u0000',
      '\\ud800',
      '"a"',
      '__proto__',
    ],
  },
  (input) => {
    const text = input.toString('utf8');
    filterFault(() => void parsePath(text));
    filterFault(() => {
      const condition = compileFilter(parseFilter(text), SCIM_USER, { unknown: 'noMatch' });
      const keys = keysOf(condition, new Set(['userName']));
      must(!holds(condition, SCIM_ADA) || keys === null || keys.some(({ norm }) => norm === 'ada'), 'found, and not by its keys');
    });
  },
);

/** JSON where it is some, else the text itself. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What is kept of it is all of it. */
function kept(resource: Resource): void {
  const whole = canonicalJson({ ...resource, id: '1' });
  must(canonicalJson(fromImage(toImage(resource, SCIM_USER), '1', SCIM_USER)) === whole, 'a staged object is not the resource');
}

// A line is an attribute and its value, so that whatever is spoilt there is something to read.
fuzz(
  {
    name: 'SCIM resources',
    good: [
      'userName|ada\nactive|"True"\nname|{"givenName":"A","Formatted":null}\nemails|[{"value":"a@b","type":"work","primary":true},{"value":"c"}]',
      `userName|ada\n${ENTERPRISE_URN}|{"manager":[{"value":"m"}],"department":"d"}\nschemas|["x"]\ntitle|\nroles|[]\nmeta|{}`,
      'userName|7\n__proto__|{"x":1}\nconstructor|{"prototype":{}}\nphotos|"http://x"\naddresses|{"locality":"L","country":["GB"]}\nx509Certificates|[{"value":"AAAA"}]',
    ],
    special: [...JSON_SIGNS, '|', '\n', 'value', 'userName|', 'primary', 'manager|'],
  },
  (input) => {
    const lines = input
      .toString('utf8')
      .split('\n')
      .map((line) => line.split('|'));
    const tolerant = input.length % 4 > 0;
    const given = Object.fromEntries(lines.map(([name, ...value]) => [name, jsonOr(value.join('|'))]));
    const body = tolerant ? given : { ...given, schemas: [USER_URN] };
    own(() => {
      kept(readNew(body, SCIM_USER, { tolerant }).resource);
      const { resource } = readReplacement(body, SCIM_PRESENT, SCIM_USER, { tolerant });
      if (resource !== 'unchanged') kept(resource);
    });
    own(() => void readNew({ displayName: 'G', members: given['emails'] }, SCIM_GROUP, { tolerant: true }));
  },
);

const SCIM_PRESENT = readNew(
  {
    userName: 'ada',
    manager: 'm',
    emails: [{ type: 'work', value: 'w', primary: true }, 'h'],
    name: { givenName: 'A' },
    roles: ['r'],
  },
  SCIM_USER,
  { tolerant: true },
).resource;
const SCIM_PRESENT_TEXT = canonicalJson(SCIM_PRESENT);

// A line is an operation: its verb, its path and its value.
fuzz(
  {
    name: 'SCIM PATCH',
    good: [
      'Add|emails[type eq "work"].value|a@b\nReplace|name.givenName|B\nremove|roles\nadd|addresses[type eq "home"].locality|London',
      `replace||{"displayName":"D","name.familyName":"L","${ENTERPRISE_URN}:department":"E","emails[primary eq true].value":"x"}`,
      `replace|${ENTERPRISE_URN}:manager|[{"value":"n"}]\nremove|manager.value\nadd|roles|[{"value":"s","primary":"True"},"t"]\nremove|emails|[{"value":"h"}]`,
      'remove|emails[not (type eq "work") and (value sw "h" or primary pr)]\nadd|__proto__.x|1\nreplace|emails.display|D\nadd|active|"False"',
    ],
    special: [
      '|',
      '\n',
      'add|',
      'remove|',
      'replace|',
      '[',
      ']',
      '.',
      '"',
      '(',
      ')',
      ' eq ',
      ' and ',
      ' pr',
      'emails',
      'value',
      '{',
      '}',
      'true',
      'urn:',
      ':',
    ],
  },
  (input) => {
    const Operations = input
      .toString('utf8')
      .split('\n')
      .map((line) => line.split('|'))
      .map(([op, path, ...value]) => ({ op, path, value: jsonOr(value.join('|')) }));
    const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations };
    const tolerant = input.length % 4 > 0;
    own(() => {
      const patched = applyPatch(body, SCIM_PRESENT, SCIM_USER, { tolerant });
      if ('resource' in patched && patched.resource !== 'unchanged') kept(patched.resource);
    });
    const members = Operations.map((one) => ({ ...one, path: one.path?.replace('emails', 'members') }));
    own(() => void applyPatch({ ...body, Operations: members }, { id: 'g', displayName: 'G' }, SCIM_GROUP, { tolerant }));
    must(canonicalJson(SCIM_PRESENT) === SCIM_PRESENT_TEXT, 'what was there is changed');
    must(!('x' in {}), 'the prototype of everything was changed');
  },
);

const HOOK = receiver(
  webhookPushConfig.parse({ records: '/people', anchor: '/id', order: '/at', gone: { value: '/status', is: ['left', 1] } }),
  ['mail'],
);
const NOTHING_KNOWN: Present = { attributes: null, edges: null, now: 0 };

// A line is a field of a record and its value.
fuzz(
  {
    name: 'records of hooks',
    good: [
      'id|"7"\nstatus|"left"\nname|{"full":"Zoë","parts":["Zoë",{"a":1}]}\nat|"2026-01-01T00:00:00Z"\nmail|null',
      'id|17\nat|3\n__proto__|{"x":1}\nconstructor|{"prototype":{}}\ntags|[]\nby|["1",2,"x"]\nkind|"group"\nanchor|["a","b"]',
    ],
    special: [...JSON_SIGNS, '|', '\n', 'id|', 'at|', 'status|'],
  },
  (input) => {
    own(() => void jsonOf('application/json', input));
    const fields = input
      .toString('utf8')
      .split('\n')
      .map((line) => line.split('|'))
      .map(([name, ...value]) => [name, jsonOr(value.join('|'))] as const);
    const record = Object.fromEntries(fields);
    for (const object of [null, { kind: 'person', by: 'mail', value: ['by', '0'] }])
      for (const { kind, by } of objectsOf(record, object)) {
        const text = 'anchor' in by ? by.anchor : by.value;
        must(kind !== '' && text !== '' && text.isWellFormed() && !text.includes('\0'), 'an object that nobody can look for');
      }
    own(() => {
      for (const request of HOOK.hook!.requests({ people: [record] })) {
        const first = HOOK.receive(request, NOTHING_KNOWN);
        must(!('needs' in first), 'more is asked for than there is');
      }
    });
    must(!('x' in {}), 'the prototype of everything was changed');
  },
);

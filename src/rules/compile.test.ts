import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { BUILT_IN } from '#core/attributes';
import { parseDn } from '#core/dn';
import { type Attributes, attributes, type Value } from '#core/values';
import {
  assembleKind,
  compileAttributes,
  compileExportRule,
  compileImportRule,
  compileLife,
  compileUnique,
  createClock,
  type ExportContext,
  type ImportContext,
  type OwnFunction,
  refersTo,
} from './compile.ts';
import type { ExportRule, ImportRule, MetaAttribute, ObjectScope, RowScope } from './model.ts';
import type { Report } from './raw.ts';

const CONNECTIONS = ['hr', 'ad'];
const NOW = Date.UTC(2026, 2, 1, 11);
const cel = (text: string): string => `\${${text}}`;

let faults: string[] = [];
const report: Report = (path, message, remedy) => faults.push(`${path.join('/')}: ${message} — ${remedy}`);
beforeEach(() => {
  faults = [];
});

function kindAttributes(kind: string, raw?: unknown, precedence: [string, string[]][] = []): ReadonlyMap<string, MetaAttribute> {
  const context = {
    kind,
    connections: CONNECTIONS,
    precedence: new Map(precedence),
    attributesOf: () => null,
    zone: 'Europe/Berlin',
  };
  return compileAttributes(raw, context, report);
}
const PERSON = kindAttributes('person', {
  tags: { multi: true, strategy: 'merge' },
  contractActive: 'boolean',
  level: 'integer',
});
const GROUP = kindAttributes('group');
const attributesOf = (kind: string): ReadonlyMap<string, MetaAttribute> | null =>
  kind === 'person' ? PERSON : kind === 'group' ? GROUP : null;
const double: OwnFunction = { call: ({ employee_id }) => `${employee_id}${employee_id}`, hash: 'h1' };
const late: OwnFunction = { call: async () => Promise.reject(new Error('late')), hash: 'h2' };

function importContext(more: Partial<ImportContext> = {}): ImportContext {
  return {
    connection: 'hr',
    kind: 'person',
    attributes: PERSON,
    refersTo: (name) => refersTo('person', name),
    attributesOf,
    connections: new Set(CONNECTIONS),
    columns: null,
    zone: 'Europe/Berlin',
    functionOf: (name) => (name === './own.ts#double' ? double : name === './own.ts#late' ? late : null),
    ...more,
  };
}
function exportContext(more: Partial<ExportContext> = {}): ExportContext {
  return {
    connection: 'ad',
    kind: 'person',
    attributes: PERSON,
    refersTo: (name) => refersTo('person', name),
    attributesOf,
    target: null,
    named: true,
    zone: 'Europe/Berlin',
    // biome-ignore lint/suspicious/noThenProperty: the word of the configuration
    deprovision: { action: 'none', then: 'none', afterMs: 0 },
    ...more,
  };
}
function imported(raw: unknown, more: Partial<ImportContext> = {}): ImportRule {
  const rule = compileImportRule(raw, importContext(more), report);
  expect(faults).toEqual([]);
  return rule!;
}
function exported(raw: unknown, more: Partial<ExportContext> = {}): ExportRule {
  const rule = compileExportRule(raw, exportContext(more), report);
  expect(faults).toEqual([]);
  return rule!;
}
const row = (values: { [name: string]: Value }, anchor = '1', name: string | null = null): RowScope => ({
  row: attributes(Object.entries(values)),
  anchor,
  name,
});
const object = (values: object): ObjectScope => ({ object: Object.assign(Object.create(null), values) });
const flowOf = <F extends { attribute: string }>(rule: { flows: readonly F[] }, attribute: string): F =>
  rule.flows.find((flow) => flow.attribute === attribute)!;

describe('import rules', () => {
  const rule = (): ImportRule =>
    imported({
      filter: 'row.status != "contractor"',
      join: ['employeeId', 'mail'],
      project: true,
      attributes: {
        employeeId: 'employee_id',
        mail: { value: 'e-mail', empty: 'clears' },
        displayName: cel('row.first + " " + row.last'),
        startDate: 'start',
        tags: 'tags',
        level: 'level',
        manager: { reference: 'manager_id' },
        assistant: { reference: 'assistant mail', by: 'mail' },
        login: { function: './own.ts#double', reads: ['employee_id'] },
      },
    });

  it('copy, compute, convert and refer', () => {
    const clock = createClock(NOW);
    const scope = row({
      employee_id: 'E1',
      'e-mail': '',
      first: 'Ada',
      last: 'Lovelace',
      start: '1.3.2026',
      tags: ['b', '', 'a'],
      level: '007',
      manager_id: 'E2',
      'assistant mail': 'x@y',
    });
    const values = Object.fromEntries(rule().flows.map((flow) => [flow.attribute, flow.evaluate(scope, clock)]));
    expect(values).toEqual({
      employeeId: 'E1',
      mail: null,
      displayName: 'Ada Lovelace',
      startDate: '2026-03-01',
      tags: ['a', 'b'],
      level: 7,
      manager: 'E2',
      assistant: 'x@y',
      login: 'E1E1',
    });
    expect(
      rule()
        .flows.map((flow) => [flow.attribute, flow.reads, flow.empty])
        .slice(0, 3),
    ).toEqual([
      ['employeeId', ['employee_id'], 'falls'],
      ['mail', ['e-mail'], 'clears'],
      ['displayName', ['first', 'last'], 'falls'],
    ]);
    expect(flowOf(rule(), 'manager').reference).toEqual({ connection: 'hr', by: 'anchor', kind: 'person' });
    expect(flowOf(rule(), 'assistant').reference).toEqual({ connection: 'hr', by: { attribute: 'mail' }, kind: 'person' });
    expect(rule().edges.map((edge) => [edge.attribute, edge.multi])).toEqual([
      ['manager_id', false],
      ['assistant mail', false],
    ]);
  });

  it('say nothing about what is not there, and know what is empty', () => {
    const clock = createClock(NOW);
    for (const flow of rule().flows)
      if (flow.attribute !== 'login') expect(flow.evaluate(row({}), clock), flow.attribute).toBe(undefined);
    expect(flowOf(rule(), 'employeeId').evaluate(row({ employee_id: null }), clock)).toBe(null);
    expect(() => flowOf(rule(), 'level').evaluate(row({ level: 'high' }), clock)).toThrowError(
      expect.objectContaining({ kind: 'invalidValue' }),
    );
    expect(() => flowOf(rule(), 'employeeId').evaluate(row({ employee_id: ['a', 'b'] }), clock)).toThrow(/2 values/);
  });

  it('filter: what says nothing says no', () => {
    const clock = createClock(NOW);
    const filter = (text: string): boolean =>
      imported({ filter: text }).filter!(row({ active: 'Yes', n: 3, mail: 'a@b' }), clock);
    expect([
      filter('row.active'),
      filter('row.gone'),
      filter('row.n > 2'),
      filter(cel('row.gone.startsWith("x")')),
      filter('row.gone != "x"'),
      filter('has(row.mail)'),
    ]).toEqual([true, false, true, false, true, true]);
    expect(() => filter('row.mail')).toThrow(/neither true nor false/);
  });

  it('anchor and name are readable where no attribute is called so', () => {
    const flow = flowOf(imported({ attributes: { displayName: cel('row.anchor + "/" + row.name') } }), 'displayName');
    expect(flow.evaluate(row({}, 'A1', 'cn=x'), createClock(NOW))).toBe('A1/cn=x');
    expect(flow.evaluate(row({ name: 'Ada' }, 'A1', 'cn=x'), createClock(NOW))).toBe('A1/Ada');
  });

  it('primary orders several rows, the anchor last', () => {
    const written = ['row.main_contract, then latest start, then anchor', ['row.main_contract', 'latest start']];
    for (const primary of written) {
      const { primary: compare } = imported({ many: true, primary });
      const rows = [
        row({ start: '2020-01-01' }, 'd'),
        row({ main_contract: false, start: '2026-01-01' }, 'c'),
        row({ main_contract: true }, 'b'),
        row({ main_contract: true, start: '2019-01-01' }, 'a2'),
        row({ main_contract: true, start: '2019-01-01' }, 'a1'),
      ];
      expect(rows.sort((a, b) => compare!(a, b, createClock(NOW))).map((r) => r.anchor)).toEqual(['a1', 'a2', 'b', 'c', 'd']);
    }
  });

  it('protect takes an expression or names', () => {
    const clock = createClock(NOW);
    const byName = imported({ protect: ['Admin', 'cn=root'] }).protect!;
    expect([byName(row({}, 'admin'), clock), byName(row({}, 'x', 'CN=root'), clock), byName(row({}, 'y', null), clock)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(imported({ protect: 'row.adminCount == "1"' }).protect!(row({ adminCount: '1' }), clock)).toBe(true);
  });

  it('have a hash that changes with rule, zone and own functions only', () => {
    const raw = { attributes: { login: { function: './own.ts#double', reads: ['a'] } } };
    const hash = (more: Partial<ImportContext> = {}): string => imported(raw, more).hash;
    expect(imported(structuredClone(raw)).hash).toBe(hash());
    expect(
      new Set([hash(), hash({ zone: 'UTC' }), hash({ functionOf: () => ({ ...double, hash: 'other' }) }), imported({}).hash])
        .size,
    ).toBe(4);
  });

  it.each([
    [{ filtr: 'x' }, /did you mean filter/],
    [{ attributes: { mial: 'x' } }, /attributes\/mial: .*did you mean mail/],
    [{ attributes: { mail: `uid=${cel('row.a')}` } }, /whole text/],
    [{ attributes: { mail: { value: 'a', reference: 'b' } } }, /exclude/],
    [{ attributes: { mail: {} } }, /where the value comes from/],
    [{ attributes: { mail: { reference: 'b' } } }, /no reference/],
    [{ attributes: { manager: { reference: 'b', by: 'mial' } } }, /did you mean mail/],
    [{ attributes: { manager: { reference: 'b', connection: 'adx' } } }, /did you mean ad/],
    [{ join: ['mail'] }, /nothing says what mail is/],
    [{ primary: 'x' }, /many: true/],
    [{ many: true, attributes: { mail: 'x' }, aggregates: { mail: 'any' } }, /true or false/],
    [{ many: true, aggregates: { endDate: 'max' } }, /nothing says/],
    [{ attributes: { mail: { value: 'a', empty: 'clear' } } }, /did you mean clears/],
    [{ filter: 'row.a + "x"' }, /filter: .*true or false/],
    [{ attributes: { login: { function: './none.ts#x' } } }, /no such function/],
    [{ project: 'yes' }, /true or false/],
    [{ attributes: [] }, /mapping/],
    [null, /mapping/],
    [{ attributes: { photo: { value: cel('row.a.lower(') } } }, /attributes\/photo\/value/],
    [{ attributes: { manager: { reference: 'x', kind: 'robot' } } }, /no kind robot/],
  ] as const)('%j is reported', (raw, message) => {
    expect(compileImportRule(raw, importContext(), report)).toBe(null);
    expect(faults.join('\n')).toMatch(message);
  });

  it('names of the source are checked once they are known', () => {
    const raw = { filter: 'row.statuss == "a"', attributes: { mail: 'e_mial', login: cel('row.anchor') } };
    compileImportRule(raw, importContext({ columns: new Set(['status', 'e_mail']) }), report);
    expect(faults.join('\n')).toMatch(/did you mean row\.status\?[\s\S]*|did you mean e_mail\?/);
    expect(faults).toHaveLength(2);
  });

  it('a function that answers later or fails is a fault of the value', async () => {
    const flow = flowOf(imported({ attributes: { login: { function: './own.ts#late', reads: [] } } }), 'login');
    expect(() => flow.evaluate(row({}), createClock(NOW))).toThrow(/answers later/);
  });
});

describe('export rules', () => {
  const target = {
    complete: true,
    attributes: {
      mail: { type: 'string', multi: true, matching: 'caseIgnore' },
      cn: { type: 'string', multi: false, matching: 'caseIgnore', maxLength: 5 },
      manager: { type: 'reference', multi: false, matching: 'dn' },
      uid: { type: 'string', multi: false, matching: 'exact', readOnly: true },
    },
  } as const;

  it('copy, compute and refer, typed for the target', () => {
    const rule = exported(
      {
        dn: cel('"uid=" + person.login.dnValue() + ",dc=x"'),
        provision: true,
        attributes: {
          mail: 'mail',
          cn: cel('person.manager.displayName'),
          manager: 'manager',
          uid: { value: 'login', strength: 'observe' },
        },
      },
      { target },
    );
    const scope = object({ mail: 'a@b', login: 'a,b', active: true, manager: { id: 7, displayName: 'Bob' } });
    const clock = createClock(NOW);
    expect(rule.flows.map((flow) => flow.evaluate(scope, clock))).toEqual([['a@b'], 'Bob', 7, 'a,b']);
    expect(rule.name!(scope, clock)).toBe('uid=a\\,b,dc=x');
    expect(rule.when(scope, clock)).toBe(true);
    expect(rule.reads).toEqual(['active', 'login', 'mail', 'manager', 'manager.displayName']);
    expect(flowOf(rule, 'manager').reference).toEqual({ by: 'name', multi: false });
    expect(() => flowOf(rule, 'cn').evaluate(object({ manager: { id: 1, displayName: 'Robert' } }), clock)).toThrow(
      /longer than the 5/,
    );
    expect(flowOf(rule, 'cn').evaluate(object({ manager: { id: 1 } }), clock)).toBe(undefined);
    expect(rule.name!(object({}), clock)).toBe(undefined);
  });

  describe('the name of an account', () => {
    const nameBy = (dn: string, key = 'dn') => {
      const rule = exported({ [key]: cel(dn) });
      return (values: object) => rule.name!(object(values), createClock(NOW));
    };

    it('has the levels of the rule, whatever the values are', () => {
      const one = nameBy('"CN=" + person.displayName + ",OU=People,DC=x"');
      const two = nameBy(
        '"CN=" + person.givenName.lower() + " " + person.familyName.dnValue() + (person.title == "x" ? ",OU=" : ",CN=") + person.department + ",DC=x"',
        'name',
      );
      const hostile = fc
        .array(fc.constantFrom('a', ',', '+', ';', '=', '\\', '"', '#', ' ', 'OU=Admins', '<', '\r'), { minLength: 1 })
        .map((pieces) => pieces.join(''))
        .filter((text) => text.trim() !== '');
      fc.assert(
        fc.property(hostile, hostile, hostile, (a, b, c) => {
          expect(parseDn(one({ displayName: a }) as string)!.map((rdn) => rdn.map((part) => part.value))).toEqual([
            [a],
            ['People'],
            ['x'],
          ]);
          const found = parseDn(two({ givenName: a, familyName: b, department: c, title: 'x' }) as string)!.flat();
          expect(found.map(({ type, value }) => `${type} ${value}`)).toEqual([`CN ${a.toLowerCase()} ${b}`, `OU ${c}`, 'DC x']);
        }),
        { numRuns: 300 },
      );
    });

    it.each([
      [
        '"CN=" + person.displayName + "," + person.title',
        { displayName: 'Braun, Karl', title: 'OU=b,DC=x' },
        'CN=Braun\\, Karl,OU=b,DC=x',
      ],
      ['"CN=a" + {"x": ",OU=x", "y": ",OU=y"}[person.department] + ",DC=x"', { department: 'y' }, 'CN=a,OU=y,DC=x'],
      ['["CN=" + person.displayName.dnValue(), "DC=x"].join(",")', { displayName: 'a,b' }, 'CN=a\\,b,DC=x'],
      ['person.title', { title: 'CN=a,DC=x' }, 'CN=a,DC=x'],
      ['person.title.replace("OU=a", "OU=b")', { title: 'CN=a,OU=a,DC=x' }, 'CN=a,OU=b,DC=x'],
      ['"CN=" + person.displayName + ",DC=x"', {}, undefined],
    ])('%s', (dn, values, name) => expect(nameBy(dn)(values)).toBe(name));

    it('that is no DN stays as it is', () => {
      expect(nameBy('person.login + "@x"', 'name')({ login: 'a,b' })).toBe('a,b@x');
    });

    it('says what value it refuses', () => {
      expect(() => nameBy('"CN=a," + person.title')({ title: 'secret' })).toThrow(
        /the rule "CN=a," \+ person\.title could not be worked out: a value of the DN is refused: it is no DN/,
      );
      expect(() => nameBy('person.title')({ title: 'secret' })).toThrow(/is no DN, and begins a level/);
    });

    it.each([
      ['("CN=" + person.displayName).lower() + ",DC=x"', /cannot be escaped/],
      ['["CN=" + person.displayName, "DC=x"].join(",")', /cannot be escaped/],
      ['"CN=NAME,DC=x".replace("NAME", person.displayName)', /cannot be escaped/],
      ['"CN=" + person.displayName.dnValue().first(20) + ",DC=x"', /write dnValue\(\) last/],
    ])('%s is reported', (dn, message) => {
      expect(compileExportRule({ dn: cel(dn) }, exportContext({}), report)).toBe(null);
      expect(faults.join('\n')).toMatch(message);
    });
  });

  it('references by what the target wants', () => {
    const rule = exported(
      { attributes: { boss: { value: 'manager', by: 'name' }, owner: { value: 'assistant', by: 'anchor' } } },
      { named: false },
    );
    expect(rule.flows.map((flow) => flow.reference?.by)).toEqual(['name', 'anchor']);
    expect(flowOf(rule, 'boss').evaluate(object({ manager: null }), createClock(NOW))).toBe(null);
    const group = compileExportRule(
      { attributes: { member: 'member' } },
      exportContext({ kind: 'group', attributes: GROUP, refersTo: (name) => refersTo('group', name) }),
      report,
    )!;
    expect(faults).toEqual([]);
    expect(group.flows[0]!.evaluate(object({ member: [{ id: 9 }, { id: 3 }, { id: 9 }] }), createClock(NOW))).toEqual([3, 9]);
    expect(group.flows[0]!.reference).toEqual({ by: 'name', multi: true });
  });

  it('a photo is called by what it is made of, and how', () => {
    const face = { blob: 'ab'.repeat(32), size: 2_000_000 };
    const of = (flow: object, more: Partial<ExportContext> = {}): unknown =>
      exported({ attributes: { jpegPhoto: flow } }, more).flows[0]!.evaluate(object({ photo: face }), createClock(NOW));
    const named = (recipe: string): object => ({ blob: `photo ${recipe} of ${face.blob}`, size: face.size });
    expect(of({ photo: 'photo', max: '96x80', maxBytes: '10KB' })).toEqual(named('jpeg 96x80 10240'));
    expect(of({ photo: 'photo', max: 96, format: 'png' })).toEqual(named('png 96x96 102400'));
    const jpegPhoto = { type: 'binary', multi: false, matching: 'exact', maxLength: 5_000 } as const;
    const small = { target: { complete: true, attributes: { jpegPhoto } } };
    expect(of({ photo: 'photo', maxBytes: '10KB' }, small)).toEqual(named('jpeg whole 5000'));
    const flow = exported({ attributes: { jpegPhoto: { photo: 'photo' } } }).flows[0]!;
    expect(flow.type).toMatchObject({ type: 'binary', maxLength: 102_400 });
    expect(flow.evaluate(object({ photo: null }), createClock(NOW))).toBe(null);
  });

  it.each([
    [{ photo: 'mail' }, /photo: this attribute holds no photo/],
    [{ value: 'photo', max: '96x96' }, /max: max is about a photo/],
    [{ photo: 'photo', value: 'mail' }, /exclude each other/],
    [{ photo: 'photo', max: '0x9' }, /max: this is no size of a photo/],
    [{ photo: 'photo', maxBytes: 'much' }, /maxBytes: this is no size/],
    [{ photo: 'photo', format: 'jpg' }, /format: must be one of jpeg, png/],
    [{ photo: 'photo', type: 'string' }, /type: a photo has no type/],
  ] as const)('%j is no photo', (flow, message) => {
    expect(compileExportRule({ attributes: { jpegPhoto: flow } }, exportContext({}), report)).toBe(null);
    expect(faults.join('\n')).toMatch(message);
  });

  it('when follows the dates of a person and says when to look again', () => {
    const rule = exported({
      when: 'person.active && !after(person.endDate)',
      enabled: { attribute: 'disabled', on: false, off: 'TRUE' },
    });
    const clock = createClock(NOW);
    expect(rule.when(object({ active: true, endDate: '2026-03-01' }), clock)).toBe(true);
    expect(new Date(clock.due).toISOString()).toBe('2026-03-01T23:00:00.000Z');
    expect(rule.enabled).toEqual({ attribute: 'disabled', on: false, off: 'TRUE' });
  });

  it.each([
    [{ attributes: { mali: 'mail' } }, /did you mean mail/],
    [{ attributes: { uid: 'login' } }, /cannot be written/],
    [{ attributes: { mail: 'mial' } }, /did you mean mail/],
    [{ attributes: { mail: { value: 'mail', by: 'name' } } }, /only a reference/],
    [{ attributes: { cn: { value: 'manager', by: 'mail' } } }, /by anchor or name, not by 'mail'/],
    [{ attributes: { cn: { value: 'displayName', values: 'ours' } } }, /one value/],
    [{ when: 'person.activ' }, /did you mean person\.active/],
    [{ dn: 'x', name: 'y' }, /another word/],
    [{ when: 'group.active' }, /no variable/],
    [{ enabled: { attribute: 'cn' } }, /when on/],
    [{ attributes: { cn: cel('person.manager.mial') } }, /did you mean mail/],
    [{ attributes: { cn: cel('person.aliases.mail') } }, /no single reference/],
    [{ attributes: { cn: { value: 'title', strength: 'allways' } } }, /did you mean always/],
  ] as const)('%j is reported', (raw, message) => {
    expect(compileExportRule(raw, exportContext({ target }), report)).toBe(null);
    expect(faults.join('\n')).toMatch(message);
  });
});

describe('unique values', () => {
  const context = { ...exportContext(), connections: new Set(CONNECTIONS) };
  const unique = (raw: unknown): ReturnType<typeof compileUnique> => compileUnique(raw, 'login', context, report);

  it('cut the base and never the counter', () => {
    const rule = unique({
      candidates: [
        '(person.givenName.first(1) + person.familyName).transliterate().letters().lower()',
        '(person.givenName.first(1) + person.familyName).transliterate().letters().lower() + string(n)',
      ],
      maxLength: 8,
      uniqueIn: ['ad.sAMAccountName'],
    })!;
    expect(faults).toEqual([]);
    const clock = createClock(NOW);
    const scope = object({ givenName: 'Änne', familyName: 'Wolfeschlegel' });
    expect(rule.candidates[0]!(scope, null, clock)).toBe('aewolfes');
    expect([2, 9, 10, 123].map((n) => rule.candidates[1]!(scope, n, clock))).toEqual([
      'aewolfe2',
      'aewolfe9',
      'aewolf10',
      'aewol123',
    ]);
    expect(rule.candidates[1]!(object({ givenName: 'J', familyName: '007' }), 2, clock)).toBe('j0072');
    expect(rule.candidates[0]!(object({ givenName: 'J' }), null, clock)).toBe(undefined);
    expect(rule.uniqueIn).toEqual([{ connection: 'ad', attribute: 'sAMAccountName' }]);
    expect(rule.reads).toEqual(['familyName', 'givenName']);
  });

  it('keep every counter distinct and within the limit, whatever the names', () => {
    const rule = unique({ candidates: ['person.familyName + string(n) + "@x.org"'], maxLength: 12 })!;
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), fc.integer({ min: 0 }).map(String)),
        (familyName) => {
          fc.pre(familyName.isWellFormed() && !familyName.includes('\0') && familyName.trim() === familyName);
          const made = [2, 3, 10, 99, 100].map((n) => rule.candidates[0]!(object({ familyName }), n, createClock(NOW)));
          expect(new Set(made).size).toBe(made.length);
          for (const value of made) expect([...value!].length).toBeLessThanOrEqual(12);
        },
      ),
    );
  });

  it.each([
    [{}, /nothing to make/],
    [{ candidates: ['person.login'] }, /from itself/],
    [{ candidates: ['x +'] }, /candidates\/0/],
    [{ candidates: ['person.mail'], uniqueIn: ['adx.y'] }, /did you mean ad/],
    [{ candidates: ['person.mail'], uniqueIn: ['y'] }, /connection and an attribute/],
    [{ candidates: 'person.mail', onRename: 'regenrate' }, /did you mean regenerate/],
    [{ candidates: ['person.mail'], maxLength: 0 }, /above 0/],
  ])('%j is reported', (raw, message) => {
    expect(unique(raw)).toBe(null);
    expect(faults.join('\n')).toMatch(message);
  });
});

describe('attributes, life and kinds', () => {
  it('built-in ones are changed and new ones added', () => {
    const made = kindAttributes(
      'person',
      {
        mail: { strategy: 'latest', label: 'E-Mail' },
        badge: 'integer',
        aliases: { strategy: 'merge' },
        login: { unique: { candidates: ['person.badge2'] } },
        badge2: 'string',
      },
      [['mail', ['ad']]],
    );
    expect(faults).toEqual([]);
    expect(made.get('mail')).toMatchObject({
      type: 'string',
      matching: 'caseIgnore',
      strategy: 'latest',
      label: 'E-Mail',
      rank: ['ad', 'hr'],
    });
    expect(made.get('badge')).toMatchObject({ type: 'integer', matching: 'integer', multi: false });
    expect(made.get('aliases')).toMatchObject({ multi: true, strategy: 'merge' });
    expect(made.get('login')!.unique!.reads).toEqual(['badge2']);
    expect(made.get('employeeId')!.rank).toEqual(CONNECTIONS);
    expect([...kindAttributes('person').keys()]).toEqual([...BUILT_IN.get('person')!.keys()]);
  });

  it.each([
    [{ mail: 'strng' }, /mail: .*did you mean string/],
    [{ active: 'boolean' }, /known of every object/],
    [{ title: { strategy: 'merge' } }, /cannot be merged/],
    [{ mail: { precedence: ['hrr'] } }, /did you mean hr/],
    [{ level: { type: 'integer', unique: { candidates: ['person.mail'] } } }, /no single text/],
    [{ x: { mutli: true } }, /did you mean multi/],
  ])('%j is reported', (raw, message) => {
    kindAttributes('person', raw);
    expect(faults.join('\n')).toMatch(message);
  });

  it('life reads dates, duration and an expression', () => {
    const life = compileLife(
      { starts: 'startDate', ends: 'endDate', active: 'person.status == "A"', grace: '14d' },
      exportContext(),
      report,
    )!;
    expect(faults).toEqual([]);
    expect([
      life.graceMs,
      life.active!(object({ status: 'A' }), createClock(NOW)),
      life.active!(object({}), createClock(NOW)),
    ]).toEqual([14 * 86_400_000, true, false]);
    expect(compileLife({ starts: 'mail', active: 'person.active', grace: 'soon' }, exportContext(), report)).toBe(null);
    expect(faults.join('\n')).toMatch(/no single date[\s\S]*depend on who is active[\s\S]*no duration/);
  });

  it('a kind knows its contributors, join keys and hops', () => {
    const rules = assembleKind({
      kind: 'person',
      attributes: PERSON,
      life: null,
      imports: [
        imported({
          join: ['employeeId'],
          attributes: { employeeId: 'id', mail: 'mail', manager: { reference: 'm', by: 'login' } },
        }),
      ],
      exports: [exported({ attributes: { x: cel('person.manager.mail') } })],
    });
    expect(rules.joinKeys).toEqual(['employeeId', 'login']);
    expect(rules.hops).toEqual([['manager', 'mail']]);
    expect([rules.attributes.get('mail')!.rank, rules.attributes.get('title')!.rank]).toEqual([['hr'], []]);
  });
});

describe('any parsed YAML', () => {
  it('is compiled or reported, and never throws', () => {
    const word = fc.constantFrom(
      'attributes',
      'mail',
      'manager',
      'value',
      'reference',
      'filter',
      'join',
      'primary',
      'many',
      'candidates',
      'unique',
      'enabled',
      'on',
      '__proto__',
      'constructor',
      cel('row.a'),
      cel('person.mail'),
      cel('person.manager.mail'),
      'row.a',
      'by',
      'starts',
      'type',
      'protect',
      'aggregates',
      'max',
    );
    const node = fc.letrec((tie) => ({
      leaf: fc.oneof(word, fc.string(), fc.boolean(), fc.integer(), fc.constant(null)),
      node: fc.oneof(
        { maxDepth: 4 },
        tie('leaf'),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(word, tie('node'), { maxKeys: 4 }),
        fc.array(fc.tuple(word, tie('node')), { maxLength: 3 }).map((entries) => new Map(entries)),
      ),
    })).node;
    const compilers: readonly ((raw: unknown) => unknown)[] = [
      (raw) => compileImportRule(raw, importContext(), report),
      (raw) => compileExportRule(raw, exportContext(), report),
      (raw) => compileLife(raw, exportContext(), report),
      (raw) => compileUnique(raw, 'login', { ...exportContext(), connections: new Set(CONNECTIONS) }, report),
      (raw) => kindAttributes('person', raw),
    ];
    fc.assert(
      fc.property(node, fc.constantFrom(...compilers), (raw, compile) => {
        faults = [];
        expect(compile(raw) === null).toBe(faults.length > 0 && compile !== compilers[4]);
      }),
      { numRuns: 1500 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('plain copies give back exactly what text was staged', () => {
    const flow = flowOf(imported({ attributes: { mail: 'm' } }), 'mail');
    const clock = createClock(NOW);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const from: Attributes = attributes([['m', text]]);
        expect(flow.evaluate({ row: from, anchor: '1', name: null }, clock)).toBe(text);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LdifAttributes, type LdifEntry, type LdifItem, LdifReader, type LdifRecord, parseLdif } from './ldif.ts';
import { normalise } from './ldif-normal.ts';
import { formatChange, formatEntry } from './ldif-write.ts';

function records(items: readonly LdifItem[]): LdifRecord[] {
  return items.filter((item) => item.type !== 'fault') as LdifRecord[];
}

function faults(items: readonly LdifItem[]) {
  return items.flatMap((item) => (item.type === 'fault' ? [{ ...item.fault, skipped: item.skipped }] : []));
}

function one(text: string): LdifRecord {
  const items = parseLdif(text);
  expect(faults(items)).toEqual([]);
  expect(items).toHaveLength(1);
  return items[0] as LdifRecord;
}

describe('content records', () => {
  test('values of every form, options, folds and comments', () => {
    const text = [
      'version: 1',
      '# two people,',
      '  and a folded comment',
      'dn: cn=Ada Byron,ou=Analysts,dc=example,',
      ' dc=org',
      'objectclass: top',
      'objectClass: inetOrgPerson',
      'cn: Ada Byron',
      'CN;LANG-FR;lang-de: Ada',
      'sn:   Byron',
      'description: one',
      '  two',
      'title:: IGxlYWRpbmcgc3BhY2U=',
      'mail:',
      'userCertificate;binary:: AAEC',
      'jpegPhoto: plain',
      'x-blob:: /wA=',
      '',
      'dn:: dWlkPcOkLGRjPW9yZw==',
      'uid: ä',
      '',
    ].join('\n');
    const items = records(parseLdif(text));
    expect(items).toHaveLength(2);
    const [ada, umlaut] = items as [LdifRecord & { attributes: LdifAttributes }, LdifRecord & { attributes: LdifAttributes }];
    expect(ada.dn).toBe('cn=Ada Byron,ou=Analysts,dc=example,dc=org');
    expect(ada.attributes).toEqual(
      Object.assign(Object.create(null), {
        objectClass: ['top', 'inetOrgPerson'],
        cn: ['Ada Byron'],
        'cn;lang-de;lang-fr': ['Ada'],
        sn: ['Byron'],
        description: ['one two'],
        title: [' leading space'],
        mail: [''],
        'userCertificate;binary': [Buffer.from([0, 1, 2])],
        jpegPhoto: [Buffer.from('plain')],
        'x-blob': [Buffer.from([255, 0])],
      }),
    );
    expect(umlaut).toMatchObject({ dn: 'uid=ä,dc=org', attributes: { uid: ['ä'] }, line: 19 });
  });

  test('CRLF, a byte order mark, many blank lines, no blank line at the end', () => {
    const text = '\ufeffversion: 1\r\n\r\n\r\ndn: dc=org\r\ndc: o\r\n rg\r\n\r\n\r\ndn: dc=com\r\ndc: com\r\n';
    expect(parseLdif(text)).toMatchObject([
      { type: 'entry', dn: 'dc=org', attributes: { dc: ['org'] }, line: 4, lead: 0 },
      { type: 'entry', dn: 'dc=com', line: 9 },
    ]);
  });

  test('a fold in the middle of a UTF-8 character', () => {
    const bytes = Buffer.concat([Buffer.from('dn: dc=org\ndescription: a\xc3', 'latin1'), Buffer.from('\n \xa4b\n', 'latin1')]);
    expect(parseLdif(bytes)).toMatchObject([{ attributes: { description: ['aäb'] } }]);
  });

  test('names that mean something to JavaScript are names', () => {
    const entry = one('dn: dc=org\nconstructor: a\ntoString: b\n') as LdifRecord & { attributes: LdifAttributes };
    expect(Object.keys(entry.attributes)).toEqual(['constructor', 'toString']);
    expect(entry.attributes.hasOwnProperty).toBeUndefined();
  });

  test('the first spelling of an unknown attribute holds for the file', () => {
    const items = records(parseLdif('dn: dc=a\nfooBar: 1\n\ndn: dc=b\nFOOBAR: 2\n'));
    expect(items).toMatchObject([{ attributes: { fooBar: ['1'] } }, { attributes: { fooBar: ['2'] } }]);
  });

  test('a missing blank line is mended and told', () => {
    const items = parseLdif('dn: dc=a\ndc: a\ndn: dc=b\ndc: b\n');
    expect(records(items).map((item) => [item.dn, item.line])).toEqual([
      ['dc=a', 1],
      ['dc=b', 3],
    ]);
    expect(faults(items)).toMatchObject([{ skipped: false, where: { line: 3 } }]);
  });

  test('offset and length cut the record out of the file', () => {
    const text = 'version: 1\n\n# ä\ndn: dc=a\ndc: ä\n\n\ndn: dc=b\ndc: b\n\ndn: dc=c\ndc: c\n';
    const bytes = Buffer.from(text);
    const cut = records(parseLdif(bytes)).map((item) => bytes.subarray(item.offset, item.offset + item.length).toString());
    expect(cut).toEqual(['# ä\ndn: dc=a\ndc: ä\n', 'dn: dc=b\ndc: b\n', 'dn: dc=c\ndc: c\n']);
  });
});

describe('change records', () => {
  test('each type', () => {
    const text = [
      'dn: cn=new,dc=org\ncontrol: 1.2.3 false: x\nchangetype: add\nobjectClass: person\ncn: new\n',
      'dn: cn=old,dc=org\nchangetype: delete\n',
      'dn: cn=a,dc=org\nchangetype: modify\nadd: mail\nmail: a@x\nmail: b@x\n-\ndelete: title\n-\nreplace: sn\nsn: B\n-\nincrement: uidNumber\nuidNumber: 1\n-\n',
      'dn: cn=a,dc=org\nchangetype: modrdn\nnewrdn: cn=b\ndeleteoldrdn: 1\n',
      'dn: cn=b,dc=org\nchangetype: moddn\nnewrdn: cn=b\ndeleteoldrdn: 0\nnewsuperior: ou=x,dc=org\n',
    ].join('\n');
    const items = parseLdif(text);
    expect(items).toMatchObject([
      { type: 'add', dn: 'cn=new,dc=org', attributes: { cn: ['new'] } },
      { type: 'delete' },
      {
        type: 'modify',
        changes: [
          { op: 'add', attribute: 'mail', values: ['a@x', 'b@x'] },
          { op: 'delete', attribute: 'title', values: [] },
          { op: 'replace', attribute: 'sn', values: ['B'] },
          { op: 'increment', attribute: 'uidNumber', values: ['1'] },
        ],
      },
      { type: 'rename', newRdn: 'cn=b', deleteOldRdn: true },
      { type: 'rename', newRdn: 'cn=b', deleteOldRdn: false, newSuperior: 'ou=x,dc=org' },
    ]);
    // What the writer makes of them says the same.
    const again = parseLdif(
      records(items)
        .map((item) => formatChange(item as never))
        .join(''),
    );
    const bare = (item: LdifItem) => ({ ...item, line: 0, offset: 0, length: 0 });
    expect(again.map(bare)).toEqual(items.map(bare));
  });
});

const good = 'dn: dc=ok\ndc: ok\n';
const bad: readonly (readonly [string, string, number, RegExp])[] = [
  ['an unknown change type', 'dn: dc=x\nchangetype: upsert\n', 2, /"upsert" is unknown/],
  ['a critical control', 'dn: dc=x\ncontrol: 1.2.840.113556.1.4.805 true\nchangetype: delete\n', 2, /critical control 1\.2\.840/],
  ['no dn', 'cn: x\nsn: x\n', 1, /does not begin with a "dn:"/],
  ['no attributes', 'dn: dc=x\n', 1, /nothing else/],
  ['a DN that is none', 'dn: just a name\ncn: x\n', 1, /no DN/],
  ['a line without a colon', 'dn: dc=x\ncn: x\nwhat is this\n', 3, /without ":"/],
  ['a continuation of nothing', ' dn: dc=x\ncn: x\n', 1, /continuation/],
  ['an attribute name that is none', 'dn: dc=x\n__proto__: x\n', 2, /"__proto__" is no attribute name/],
  ['a delete with more lines', 'dn: dc=x\nchangetype: delete\ncn: x\n', 3, /after "changetype: delete"/],
  ['a modify without modifications', 'dn: dc=x\nchangetype: modify\n', 2, /without modifications/],
  [
    'a modification of one with values of another',
    'dn: dc=x\nchangetype: modify\nadd: cn\nsn: x\n-\n',
    4,
    /inside the modification of "cn"/,
  ],
  ['an add without values', 'dn: dc=x\nchangetype: modify\nadd: cn\n-\n', 3, /without a value/],
  ['an unknown modification', 'dn: dc=x\nchangetype: modify\ntoggle: cn\n-\n', 3, /"toggle"/],
  ['a rename without newrdn', 'dn: dc=x\nchangetype: modrdn\ndeleteoldrdn: 1\n', 2, /newrdn/],
  ['a rename that does not say what to do with the old name', 'dn: dc=x\nchangetype: modrdn\nnewrdn: dc=y\n', 2, /deleteoldrdn/],
  ['a "-" in an entry', 'dn: dc=x\ncn: x\n-\n', 3, /"-"/],
];

const badValues: readonly (readonly [string, string, number, RegExp])[] = [
  ['bad base64', 'dn: dc=x\ndc: x\njpegPhoto:: AA=A\n', 3, /"jpegPhoto" is not valid base64/],
  ['base64 of a length that cannot be', 'dn: dc=x\ncn:: AAAAA\n', 2, /not valid base64/],
  ['a URL value', 'dn: dc=x\njpegPhoto:< file:///etc/passwd\n', 2, /URL/],
  ['a NUL byte', 'dn: dc=x\ncn: a\0b\n', 2, /NUL/],
];

describe('a value that cannot be read costs its attribute only', () => {
  const told = (items: readonly LdifItem[]) => records(items).map((item) => [...(('refused' in item && item.refused) || [])]);

  test.each(badValues)('%s', (_name, text, line, message) => {
    for (const eol of ['\n', '\r\n']) {
      const items = parseLdif([good, `${text}sn: stays\n`, good.replaceAll('ok', 'ok2')].join('\n').replaceAll('\n', eol), {
        file: 'a.ldif',
      });
      expect(records(items).map((item) => item.dn)).toEqual(['dc=ok', 'dc=x', 'dc=ok2']);
      expect(faults(items)).toEqual([]);
      const refused = told(items);
      expect(refused.map((one) => one.length)).toEqual([0, 1, 0]);
      const fault = refused[1]![0];
      expect(fault).toMatchObject({ kind: 'invalidValue', where: { file: 'a.ldif', line: line + 3, object: 'dc=x' } });
      expect(fault!.message).toMatch(message);
      expect(fault!.remedy).toBeTruthy();
      const { attributes } = records(items)[1] as LdifEntry;
      expect(attributes.sn).toEqual(['stays']);
      expect(attributes).not.toHaveProperty([fault!.where.attribute!]);
    }
  });

  test('a list with one such value is refused whole, and so are all changes of it in one record', () => {
    const [entry] = records(parseLdif('dn: dc=x\nmember: cn=a\nmember:: !\nmember: cn=b\ncn: x\n'));
    expect(entry).toMatchObject({ attributes: { cn: ['x'] }, refused: [{ where: { attribute: 'member', line: 3 } }] });
    expect(entry).not.toHaveProperty('attributes.member');
    const [change] = records(
      parseLdif('dn: dc=x\nchangetype: modify\nreplace: mail\nmail:: !\n-\nadd: mail\nmail: b\n-\nreplace: cn\ncn: y\n-\n'),
    );
    expect(change).toMatchObject({
      changes: [{ op: 'replace', attribute: 'cn', values: ['y'] }],
      refused: [{ where: { attribute: 'mail', line: 4 } }],
    });
  });

  test('a value that is not UTF-8', () => {
    const [refused] = told(parseLdif(Buffer.from('dn: dc=x\ncn: M\xfcller\n', 'latin1')));
    expect(refused).toMatchObject([
      { message: expect.stringMatching(/not UTF-8/), where: { line: 2, object: 'dc=x', attribute: 'cn' } },
    ]);
  });
});

describe('bad input costs its own record only', () => {
  test.each(bad)('%s', (_name, text, line, message) => {
    for (const eol of ['\n', '\r\n']) {
      const items = parseLdif([good, text, good.replaceAll('ok', 'ok2')].join('\n').replaceAll('\n', eol), { file: 'a.ldif' });
      expect(records(items).map((item) => item.dn)).toEqual(['dc=ok', 'dc=ok2']);
      const [fault, ...more] = faults(items);
      expect(more).toEqual([]);
      expect(fault).toMatchObject({ kind: 'invalidValue', skipped: true, where: { file: 'a.ldif', line: line + 3 } });
      expect(fault!.message).toMatch(message);
      expect(fault!.remedy).toBeTruthy();
      if (/^dn: dc=x$/m.test(text) && line > 1) expect(fault!.where.object).toBe('dc=x');
    }
  });

  test.each([
    ['an attribute name', 'dn: dc=x\nobjectClass: person\ncn: x\nmai', 7, /without ":"/],
    ['a name and its colon', 'dn: dc=x\nobjectClass: person\ncn: x\nmail: ', 7, /"mail" has no value yet/],
    ['base64', 'dn: dc=x\nobjectClass: person\ncn:: YWJjZA=', 6, /base64/],
    ['a character', Buffer.from('dn: dc=x\nobjectClass: person\ncn: M\xc3', 'latin1'), 6, /not UTF-8/],
    ['the class', 'dn: dc=x\nobjectClass: top\nobjectClass: per', 6, /says which entry it is/],
    ['the anchor', 'dn: dc=x\nobjectClass: person\nUID: 4', 6, /says which entry it is/],
    ['an entry without its class', 'dn: dc=x\nmail: ada@exa', 5, /no objectClass yet/],
    ['a name', 'dn: dc=x', 4, /nothing else/],
    ['a line break', 'dn: dc=x\nobjectClass: person\ncn: x\r', 6, /half there/],
  ])('a file cut within %s', (_, text, line, message) => {
    const bytes = Buffer.concat([Buffer.from(`${good}\n`), Buffer.from(text)]);
    const items = parseLdif(bytes, { telling: ['uid'] });
    expect(records(items)).toHaveLength(1);
    expect(faults(items)).toMatchObject([
      { message: expect.stringMatching(/middle of a line/), skipped: true, where: { line, object: 'dc=x' } },
    ]);
    expect(faults(items)[0]!.message).toMatch(message);
  });

  test.each([
    'dn: dc=x\nobjectClass: person\nmail: ada@example.org',
    '# lead\ndn: dc=x\nobjectClass: person\nmail: ada@exam\n ple.org',
    'dn: dc=x\nobjectClass: person\nmail:: YWRhQGV4YW1wbGUub3Jn',
  ])('a last line that only lacks its line break is read, and told', (text) => {
    const bytes = Buffer.from(`${good}\n${text}`);
    const items = parseLdif(bytes);
    const last = records(items)[1]!;
    expect(last).toMatchObject({ dn: 'dc=x', attributes: { mail: ['ada@example.org'] } });
    expect(bytes.subarray(last.offset, last.offset + last.length).toString()).toBe(text);
    expect(faults(items)).toMatchObject([{ message: expect.stringMatching(/without a line break/), skipped: false }]);
  });

  test('a comment at the end needs no line break', () => {
    for (const end of ['', 'dn: dc=x\nobjectClass: person\n'])
      expect(faults(parseLdif(`${good}\n${end}# that is all`))).toEqual([]);
  });

  test('UTF-16 and another version are said', () => {
    expect(faults(parseLdif(Buffer.from('\ufeffdn: dc=x\n', 'utf16le')))[0]?.message).toMatch(/UTF-16/);
    expect(faults(parseLdif(`version: 2\n${good}`))[0]?.message).toMatch(/version/);
  });

  test('an entry and a line over the limit are skipped with number and length, whatever the block size', () => {
    const long = `dn: dc=long\ncn: ${'x'.repeat(5000)}\n`;
    const large = `dn: dc=large\n${'member: cn=a,dc=org\n'.repeat(100)}`;
    const text = [good, long, large, good.replaceAll('ok', 'ok2')].join('\n');
    for (const size of [1, 2, 3, 7, 64, 900, 100_000]) {
      const items = inBlocks(Buffer.from(text), size, 1000);
      expect(records(items).map((item) => [item.dn, item.line])).toEqual([
        ['dc=ok', 1],
        ['dc=ok2', 109],
      ]);
      const [first, second] = faults(items);
      expect(first).toMatchObject({ where: { line: 5, object: 'dc=long' } });
      expect(first!.message).toBe('a line of 5004 bytes is over the limit of 1000; its record is skipped');
      expect(second).toMatchObject({ where: { line: 7, object: 'dc=large' } });
      expect(second!.message).toMatch(/a record of 2013 bytes is over the limit/);
    }
  });
});

function inBlocks(bytes: Buffer, size: number, maxEntryBytes = 1 << 20): LdifItem[] {
  const reader = new LdifReader({ maxEntryBytes });
  const items: LdifItem[] = [];
  for (let at = 0; at < bytes.length; at += size) items.push(...reader.push(bytes.subarray(at, at + size)));
  items.push(...reader.end());
  return items;
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    '',
    ' ',
    ': x',
    '< y',
    ' lead',
    'trail ',
    'a\nb',
    'a\r\nb',
    '\0',
    'x'.repeat(77),
    'ä'.repeat(100),
    '#',
    '-',
    'dn: dc=x',
  ),
);
const anyValue = fc.oneof({ weight: 4, arbitrary: anyText }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) });
const anyName = fc
  .stringMatching(/^[a-z][a-z0-9-]{0,8}(;[a-z]{1,3}-[a-z]{1,3})?$/)
  .filter((name) => name !== 'dn' && !/^(changetype|control)$/.test(name));
const anyEntry = fc.record({
  dn: fc.string({ minLength: 1, maxLength: 20 }).map((text) => `cn=${text.replace(/[^a-z ]/gi, 'x').trim() || 'x'},dc=org`),
  attributes: fc.dictionary(anyName, fc.array(anyValue, { minLength: 1, maxLength: 3 }), {
    minKeys: 1,
    maxKeys: 5,
    noNullPrototype: false,
  }),
});

/** Bytes that are text come back as text, text with NUL as bytes: compare bytes. */
function asBytes(entries: readonly { dn: string; attributes: { [name: string]: (string | Uint8Array)[] } }[]) {
  return normalise(
    entries.map(({ dn, attributes }, index) => {
      const lower: LdifAttributes = Object.create(null);
      for (const [name, values] of Object.entries(attributes)) {
        const key = `a-${name.toLowerCase().split(';').sort().join(';')}`;
        lower[key] = [...(lower[key] ?? []), ...values.map((value) => Uint8Array.from(Buffer.from(value as never)))];
      }
      return { dn: `ou=${index},${dn}`, attributes: lower };
    }),
  );
}

test('what is written is what is read, in blocks of any size', () => {
  fc.assert(
    fc.property(
      fc.array(anyEntry, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom('\n', '\r\n'),
      (entries, size, eol) => {
        const text = entries.map(({ dn, attributes }) => formatEntry(dn, attributes as LdifAttributes, eol)).join('');
        expect(text.split(eol).every((line) => line.length <= 76)).toBe(true);
        const items = inBlocks(Buffer.from(text), size);
        expect(faults(items)).toEqual([]);
        expect(asBytes(records(items) as never)).toEqual(asBytes(entries as never));
      },
    ),
    { numRuns: 300 },
  );
});

test('any input ends in records and faults, never in an exception, and alike in blocks of any size', () => {
  const seed = Buffer.from(
    `version: 1\n\n# c\ndn: cn=a,dc=org\nobjectClass: person\ncn:: YWJj\njpegPhoto:: AAEC\n\ndn: cn=a,dc=org\nchangetype: modify\nadd: mail\nmail: a@x\n-\n\n${good}`,
  );
  const mutation = fc.record({
    at: fc.nat(),
    byte: fc.oneof(fc.constantFrom(10, 13, 32, 45, 58, 60, 0, 255), fc.integer({ min: 0, max: 255 })),
    cut: fc.nat(9),
  });
  const mutated = fc.array(mutation, { minLength: 1, maxLength: 8 }).map((changes) => {
    const bytes = [...seed];
    for (const { at, byte, cut } of changes) bytes.splice(at % bytes.length, cut % 3, byte);
    return Uint8Array.from(bytes);
  });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), fc.integer({ min: 1, max: 40 }), (bytes, size) => {
      const whole = parseLdif(bytes, { maxEntryBytes: 150 });
      expect(inBlocks(Buffer.from(bytes), size, 150)).toEqual(whole);
      let last = 0;
      for (const item of whole) {
        if (item.type === 'fault') expect(item.fault.message.length).toBeGreaterThan(10);
        expect(item.line).toBeGreaterThanOrEqual(last);
        last = item.line;
      }
    }),
    { numRuns: 2000 },
  );
});

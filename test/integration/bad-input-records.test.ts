/** Bad LDIF and JSON Lines, end to end: said with file, line, object and remedy; the rest goes on; nobody is lost. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOOK, book, IDS, type Place, place, rows } from './place.ts';

const yaml = (source: string, attributes: string): string => `connections:
  hr:
    ${source}
    owner: true
    import:
      person:
        join: [employeeId]
        project: true
        attributes: ${attributes}
${BOOK}`;

/** Everybody as records; `change` gets E05's. E01 has a new number. */
function everybody(
  record: (id: string, name: string, phone: string) => string,
  change = (text: string): string => text,
): string[] {
  return rows().map((row) => {
    const [id, name, phone] = row.split(',') as [string, string, string];
    const text = record(id, name, id === 'E01' ? '999' : phone);
    return id === 'E05' ? change(text) : text;
  });
}

let settled: Place;
let here: Place;
function worldOf(text: string, name: string, content: string): void {
  beforeAll(async () => {
    settled = await place(text);
    await settled.write(name, content);
    expect(await settled.first()).toMatchObject({ status: 'done', connections: [{ gone: 0 }, { created: 12 }] });
  });
  afterAll(() => settled.remove());
  beforeEach(async () => {
    here = await settled.copy();
  });
  afterEach(() => here.remove());
}

/** Runs once: E05 has a new number and keeps the name that cannot be read now; the others go on, and who is left out is gone. */
async function expectKept(name: string, where: object, message: RegExp): Promise<void> {
  const report = await here.run();
  expect(report.faults).toMatchObject([
    {
      where: { connection: 'hr', file: here.path(name), ...where },
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/\w{3}/),
    },
  ]);
  expect(report).toMatchObject({ status: 'warnings', notices: [], connections: [{ gone: 0 }, { deleted: 0 }] });
  const now = await book(here);
  expect(Object.keys(now)).toEqual(IDS);
  expect(now).toMatchObject({ E01: 'Person 1,999', E05: 'Person 5,555', E12: 'Person 12,111' });
}

/** Runs once; everybody is still there, E01 with the new number unless `told` says that the file was of no use. */
async function expectTold(name: string, where: object, message: RegExp): Promise<void> {
  const report = await here.run();
  expect(report.faults[0]).toMatchObject({
    where: { connection: 'hr', file: here.path(name), ...where },
    message: expect.stringMatching(message),
    remedy: expect.stringMatching(/\w{3}/),
  });
  expect(report).toMatchObject({ status: 'warnings', connections: [{ gone: 0 }, { deleted: 0 }] });
  const now = await book(here);
  expect(Object.keys(now)).toEqual(IDS);
  expect(now).toMatchObject({ E01: 'Person 1,999', E05: 'Person 5,104', E12: 'Person 12,111' });
}

/** A file that shows nobody, or half of them, or another one while it is read, harms nobody. */
function harmless(name: string, whole: () => string, half: () => string): void {
  it.each<[name: string, content: () => string, message: RegExp]>([
    ['an empty file', () => '', /no person at all|empty/],
    ['half of the file', half, /shows 6 of kind person where the last complete read showed 12/],
  ])('%s', async (_, content, message) => {
    await here.write(name, content());
    const report = await here.run();
    const said = [...report.faults, ...report.notices];
    expect(said.map((one) => one.message).join('\n')).toMatch(message);
    for (const one of said) expect(one.remedy).toMatch(/\w{3}/);
    expect(report).toMatchObject({ status: 'warnings', connections: [{ gone: 0 }, { deleted: 0 }] });
    expect(Object.keys(await book(here))).toEqual(IDS);
  });

  it('a file replaced while it is read', async () => {
    const report = await here.runWhile(({ phase, connection }) => {
      if (phase === 'import' && connection === 'hr') writeFileSync(here.path(name), half());
    });
    expect(report.faults).toMatchObject([
      { kind: 'unavailable', where: { file: here.path(name) }, message: expect.stringContaining('while it was read') },
    ]);
    expect(report.connections).toMatchObject([{ gone: 0 }, { deleted: 0 }]);
    await here.write(name, whole());
    expect(await here.run()).toMatchObject({ status: 'done', connections: [{ gone: 0 }, { deleted: 0 }] });
    expect(Object.keys(await book(here))).toEqual(IDS);
  });
}

describe('LDIF', () => {
  const OU = 'dn: ou=people,dc=x\nobjectClass: organizationalUnit\nou: people\n';
  const entry = (id: string, name: string, phone: string): string =>
    `dn: uid=${id},ou=people,dc=x\nobjectClass: inetOrgPerson\nuid: ${id}\ncn: ${name}\ntelephoneNumber: ${phone}\n`;
  const file = (entries: readonly string[]): string => `version: 1\n\n${[OU, ...entries].join('\n')}`;
  worldOf(
    yaml('type: ldif\n    path: hr.ldif', '{ employeeId: uid, displayName: cn, phone: telephoneNumber }'),
    'hr.ldif',
    file(everybody((id, name, phone) => entry(id, name, id === 'E01' ? '100' : phone))),
  );
  const DN = 'uid=E05,ou=people,dc=x';

  it.each<[name: string, change: (text: string) => string, where: object, message: RegExp]>([
    [
      'bad base64 in the class',
      (text) => text.replace('objectClass:', 'objectClass:: %%\nou:'),
      { line: 32, object: DN },
      /base64/,
    ],
    [
      'an unknown change type',
      (text) => text.replace('objectClass', 'changetype: frobnicate\nobjectClass'),
      { object: DN },
      /frobnicate/,
    ],
    [
      'a change record among entries',
      (text) => text.replace(/objectClass[\s\S]*/, 'changetype: delete\n'),
      { object: DN },
      /change record/,
    ],
    ['the same DN twice', (text) => `${text}\n${text.replace('104', '7')}`, { object: DN }, /same DN/],
  ])('%s', async (_, change, where, message) => {
    await here.write('hr.ldif', file(everybody(entry, change)));
    await expectTold('hr.ldif', where, message);
  });

  it.each<[name: string, value: string, message: RegExp]>([
    ['bad base64', 'cn:: %%%%', /base64/],
    ['a URL instead of a value', 'cn:< file:///etc/passwd', /URL/],
    ['one bad value of several', 'cn: Person 5\ncn:: %%', /base64/],
  ])('%s costs its attribute', async (_, value, message) => {
    const entries = everybody(entry, (text) => text.replace('cn: Person 5', value).replace('104', '555'));
    await here.write('hr.ldif', file(entries));
    await expectKept('hr.ldif', { line: value.includes('\n') ? 35 : 34, object: DN, attribute: 'cn' }, message);
  });

  harmless(
    'hr.ldif',
    () => file(everybody(entry)),
    () => file(everybody(entry).slice(0, 6)),
  );

  it('a file cut in the middle of its last entry', async () => {
    await here.write('hr.ldif', file(everybody(entry)).slice(0, -20));
    await expectTold('hr.ldif', {}, /cut|end/);
  });

  it('entries before the entry they stand below are no fault', async () => {
    await here.write('hr.ldif', `version: 1\n\n${[...everybody(entry), OU].join('\n')}`);
    expect(await here.run()).toMatchObject({ status: 'done', faults: [], connections: [{ gone: 0 }, { deleted: 0 }] });
    expect(await book(here)).toMatchObject({ E01: 'Person 1,999', E12: 'Person 12,111' });
  });
});

describe('JSON Lines', () => {
  const object = (id: string, name: string, phone: string): string => JSON.stringify({ id, name, phone });
  const file = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
  worldOf(
    yaml('type: jsonl\n    path: hr.jsonl', '{ employeeId: id, displayName: name, phone: phone }'),
    'hr.jsonl',
    file(everybody((id, name, phone) => object(id, name, id === 'E01' ? '100' : phone))),
  );

  it.each<[name: string, bad: string | Buffer, where: object, message: RegExp]>([
    ['half an object', '{"id":"E05","na', { line: 5 }, /JSON/],
    ['a list', '["E05"]', { line: 5 }, /object/],
    ['no anchor', '{"name":"Person 5"}', { line: 5 }, /"id"/],
    ['an anchor that comes twice', '{"id":"E03","name":"Double"}', { line: 5, object: 'E03' }, /line 3/],
    ['bytes that are no UTF-8 in an anchor', Buffer.from('{"id":"E\xd605","name":"Ed"}', 'latin1'), { line: 5 }, /UTF-8/],
  ])('%s', async (_, bad, where, message) => {
    const [before, after] = file(everybody(object, () => '\0')).split('\0');
    await here.write('hr.jsonl', Buffer.concat([Buffer.from(before!), Buffer.from(bad), Buffer.from(after!)]));
    await expectTold('hr.jsonl', where, message);
  });

  const DEEP = `${'{"x":'.repeat(100)}1${'}'.repeat(100)}`;
  it.each<[name: string, value: string | Buffer, attribute: string, message: RegExp]>([
    ['nested too deep', `"Person 5","x":${DEEP}`, Array(65).fill('x').join('.'), /64/],
    ['lists nested too deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'name', /64/],
    ['bytes that are no UTF-8', Buffer.from('"J\xfcrgen"', 'latin1'), 'name', /UTF-8/],
    ['U+0000', '"a\\u0000b"', 'name', /U\+0000/],
    ['half a surrogate pair', '"a\\ud800b"', 'name', /surrogate/],
    ['one bad value of several', '["Person 5","a\\udc00b"]', 'name', /surrogate/],
  ])('%s costs its attribute', async (_, value, attribute, message) => {
    const [before, after] = file(everybody(object, () => '\0')).split('\0');
    const line = [Buffer.from('{"id":"E05","phone":"555","name":'), Buffer.from(value), Buffer.from('}')];
    await here.write('hr.jsonl', Buffer.concat([Buffer.from(before!), ...line, Buffer.from(after!)]));
    await expectKept('hr.jsonl', { line: 5, object: 'E05', attribute }, message);
    // Told each time, and nothing else happens.
    expect(await here.run()).toMatchObject({ faultCount: 1, rowsWritten: 0, connections: [{ changed: 0 }, { written: 0 }] });
    await here.write('hr.jsonl', file(everybody(object, (text) => text.replace('Person 5', 'Edda'))));
    expect(await here.run()).toMatchObject({ status: 'done', faultCount: 0 });
    expect(await book(here)).toMatchObject({ E05: 'Edda,104' });
  });

  harmless(
    'hr.jsonl',
    () => file(everybody(object)),
    () => file(everybody(object).slice(0, 6)),
  );

  it('a name as long as a line is not told whole', async () => {
    const bad = `{"id":"E05","name":"Person 5","phone":"104","${'k'.repeat(100_000)}":"\\u0000"}`;
    await here.write('hr.jsonl', file(everybody(object, () => bad)));
    const [fault] = (await here.run()).faults;
    expect(fault).toMatchObject({ where: { line: 5, object: 'E05' } });
    expect(JSON.stringify(fault).length).toBeLessThan(4_000);
  });

  it('names that mean something to JavaScript are names', async () => {
    const hostile =
      '{"id":"E05","name":"Person 5","phone":"104","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}';
    await here.write('hr.jsonl', file(everybody(object, () => hostile)));
    expect(await here.run()).toMatchObject({ status: 'done', faults: [], connections: [{ gone: 0 }, { deleted: 0 }] });
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
    expect(await book(here)).toMatchObject({ E01: 'Person 1,999', E05: 'Person 5,104' });
    // The store holds them under their names, and what people see is whole.
    const { out } = await here.call('explain', 'hr:E05', '--json');
    expect(JSON.parse(out)).not.toHaveProperty('error');
  });
});

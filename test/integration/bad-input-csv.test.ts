/**
 * Bad CSV, end to end. After a good run the file is exchanged for a bad one: what is wrong is said with file, line, object and
 * remedy, the rest goes on (E01 has a new number in each of them), and nobody is lost.
 */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOOK, book, IDS, type Place, place, rows } from './place.ts';

const YAML = `limits: { maxObjectSize: 1KB }
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person:
        join: [employeeId]
        project: true
        attributes: { employeeId: id, displayName: name, phone: phone }
${BOOK}`;
const HEADER = 'id,name,phone';
const file = (lines: readonly string[], eol = '\n'): string => `${[HEADER, ...lines].join(eol)}${eol}`;
/** Everybody, E01 with a new number; E05 stands in line 6. */
const edited = (change: (lines: string[]) => void = () => undefined): string[] => {
  const lines = rows();
  lines[0] = 'E01,Person 1,999';
  change(lines);
  return lines;
};

let settled: Place;
let here: Place;
beforeAll(async () => {
  settled = await place(YAML);
  await settled.write('hr.csv', file(rows()));
  expect(await settled.first()).toMatchObject({ status: 'done', connections: [{ seen: 12 }, { created: 12 }] });
});
afterAll(() => settled.remove());
beforeEach(async () => {
  here = await settled.copy();
});
afterEach(() => here.remove());

describe('forms that are no fault', () => {
  it.each([
    ['a byte order mark', `\ufeff${file(edited())}`],
    ['CRLF', file(edited(), '\r\n')],
    ['quoted newlines', file(edited((lines) => lines.splice(4, 1, 'E05,"Person\r\n5",104')))],
  ])('%s', async (name, content) => {
    await here.write('hr.csv', content);
    expect(await here.run()).toMatchObject({ status: 'done', faults: [], connections: [{ seen: 12, gone: 0 }, { deleted: 0 }] });
    const now = await book(here);
    if (name !== 'quoted newlines') expect(now).toMatchObject({ E01: 'Person 1,999', E12: 'Person 12,111' });
    else expect(await here.read('book.csv')).toContain('E05,"Person\r\n5",104');
  });
});

describe('rows that cannot be used', () => {
  it.each<[name: string, content: string | Buffer, where: object]>([
    ['too few fields', file(edited((lines) => lines.splice(4, 1, 'E05'))), { line: 6, object: 'E05' }],
    ['too many fields', file(edited((lines) => lines.splice(4, 1, 'E05,a,b,c'))), { line: 6, object: 'E05' }],
    ['an anchor that comes twice', file(edited((lines) => lines.splice(4, 1, 'E03,Double,7'))), { line: 6, object: 'E03' }],
    ['an empty anchor', file(edited((lines) => lines.splice(4, 1, ',Nobody,7'))), { line: 6 }],
    [
      'the wrong encoding in an anchor',
      Buffer.from(file(edited((lines) => lines.splice(4, 1, 'E\xd605,Person 5,104'))), 'latin1'),
      { line: 6, attribute: 'id' },
    ],
    ['a row over the limit', file(edited((lines) => lines.splice(4, 1, `E05,${'x'.repeat(5_000)},104`))), { line: 6 }],
    ['a last line cut short', file(edited()).slice(0, -8), { line: 13, object: 'E12' }],
    ['a last line cut within quotes', file(edited((lines) => lines.splice(11, 1, 'E12,"Person'))).trimEnd(), { line: 13 }],
  ])('%s', async (_, content, where) => {
    await here.write('hr.csv', content);
    const report = await here.run();
    expect(report.status).toBe('warnings');
    expect(report.faults[0]).toMatchObject({
      where: { connection: 'hr', file: here.path('hr.csv'), ...where },
      remedy: expect.stringMatching(/\w{3}/),
    });
    expect(report.connections).toMatchObject([{ gone: 0 }, { deleted: 0 }]);
    expect(report.notices).toMatchObject([{ kind: 'incompleteRead', connection: 'hr' }]);
    expect(await book(here)).toMatchObject({
      E01: 'Person 1,999',
      E03: 'Person 3,102',
      E05: 'Person 5,104',
      E12: 'Person 12,111',
    });
    expect(Object.keys(await book(here))).toEqual(IDS);
    // Mended, and one row really gone: only now is it believed.
    await here.write('hr.csv', file(rows().filter((row) => !row.startsWith('E05'))));
    expect(await here.run()).toMatchObject({ status: 'done', connections: [{ gone: 1 }, { deleted: 1 }] });
  });

  it('the length of a row over the limit is said', async () => {
    await here.write('hr.csv', file(edited((lines) => lines.splice(4, 1, `E05,${'x'.repeat(5_000)},104`))));
    expect((await here.run()).faults[0]!.message).toMatch(/5009 bytes/);
  });
});

it('UTF-8 under an encoding of one byte a letter is not read: nobody gets a name that nobody has', async () => {
  const german = YAML.replace('    anchor: id\n    owner', '    anchor: id\n    encoding: windows-1252\n    owner');
  await here.write('rollcall.yaml', german);
  await here.write('hr.csv', Buffer.from(file(edited((lines) => lines.splice(4, 1, 'E05,J\u00fcrgen,104'))), 'latin1'));
  await here.run();
  expect(await book(here)).toMatchObject({ E05: 'J\u00fcrgen,104' });
  await here.write('hr.csv', file(edited((lines) => lines.splice(4, 1, 'E05,J\u00fcrgen,105'))));
  expect(await here.run()).toMatchObject({
    faults: [
      {
        kind: 'configuration',
        message: expect.stringContaining('is read as windows-1252'),
        remedy: expect.stringContaining('utf-8'),
      },
    ],
    connections: [{ gone: 0 }, { deleted: 0, updated: 0 }],
  });
  expect(await book(here)).toMatchObject({ E05: 'J\u00fcrgen,104' });
});

it('the wrong encoding costs the fields it is in, and proves nothing about them', async () => {
  const lines = edited((all) => {
    all.splice(4, 1, 'E05,J\xfcrgen,555');
    all.splice(2, 1);
  });
  await here.write('hr.csv', Buffer.from(file(lines), 'latin1'));
  const report = await here.run();
  expect(report.faults).toMatchObject([
    {
      where: { connection: 'hr', file: here.path('hr.csv'), line: 5, object: 'E05', attribute: 'name' },
      message: expect.stringMatching(/name is left as it was: .* no utf-8 text/),
      remedy: expect.stringContaining('encoding'),
    },
  ]);
  // Everybody was seen, so who is not there is gone.
  expect(report).toMatchObject({ status: 'warnings', notices: [], connections: [{ gone: 1 }, { deleted: 1 }] });
  expect(await book(here)).toMatchObject({ E01: 'Person 1,999', E05: 'Person 5,555' });
  expect(Object.keys(await book(here))).toEqual(IDS.filter((id) => id !== 'E03'));
});

describe('files that cannot be used', () => {
  it.each<[name: string, content: string, message: RegExp]>([
    ['no header', `${edited().join('\n')}\n`, /"id"/],
    ['lines that end with a carriage return alone', file(edited(), '\r'), /carriage return/],
    ['an empty file', '', /empty/],
    ['half of the file', file(edited().slice(0, 5)), /shows 5 of kind person where the last complete read showed 12/],
    ['a header and nothing else', `${HEADER}\n`, /no person at all/],
  ])('%s', async (_, content, message) => {
    await here.write('hr.csv', content);
    const report = await here.run();
    const said = [...report.faults, ...report.notices];
    expect(said.map((one) => one.message).join('\n')).toMatch(message);
    for (const one of report.faults) expect(one).toMatchObject({ where: { connection: 'hr', file: here.path('hr.csv') } });
    for (const one of said) expect(one.remedy).toMatch(/\w{3}/);
    // What stands where a header should be is of people.
    expect(JSON.stringify(said)).not.toContain('999');
    expect(report.connections).toMatchObject([{ gone: 0 }, { deleted: 0 }]);
    expect(Object.keys(await book(here))).toEqual(IDS);
  });

  it('a file that is not there any more', async () => {
    await here.write('rollcall.yaml', YAML.replace('hr.csv', 'other.csv'));
    const report = await here.run();
    expect(report.faults).toMatchObject([
      { kind: 'notFound', where: { file: here.path('other.csv') }, remedy: expect.stringContaining('rollcall.yaml') },
    ]);
    expect(Object.keys(await book(here))).toEqual(IDS);
  });

  it('a file replaced while it is read', async () => {
    const report = await here.runWhile(({ phase, connection }) => {
      if (phase === 'import' && connection === 'hr') writeFileSync(here.path('hr.csv'), file(rows().slice(0, 8)));
    });
    expect(report.faults).toMatchObject([
      {
        kind: 'unavailable',
        where: { file: here.path('hr.csv') },
        message: expect.stringContaining('while it was read'),
        remedy: expect.any(String),
      },
    ]);
    expect(report.connections).toMatchObject([{ gone: 0 }, { deleted: 0 }]);
    expect(Object.keys(await book(here))).toEqual(IDS);
    // The next run reads it whole, and believes it.
    expect(await here.run()).toMatchObject({ status: 'done', connections: [{ gone: 4 }, { deleted: 4 }] });
  });

  it('a plan says once what is wrong with a row, and that nobody is taken as gone for it', async () => {
    await here.write('hr.csv', file([...rows(), 'E03,Double,7']));
    const { out } = await here.call('plan', '--read');
    expect(out.match(/E03 is on line 4 already/g)).toHaveLength(1);
    expect(out.match(/give every row its own anchor/g)).toHaveLength(1);
    expect(out).toContain('! hr: the read was not complete; nobody is taken as gone\n');
  });

  it('a file cut inside its last field: half a value is nobody’s, and a person may say that it is whole', async () => {
    await here.write('hr.csv', file(edited()).slice(0, -2));
    const report = await here.run();
    expect(report).toMatchObject({
      status: 'warnings',
      connections: [
        { seen: 11, gone: 0 },
        { updated: 1, deleted: 0 },
      ],
      faults: [{ where: { line: 13, object: 'E12' } }],
      notices: [{ kind: 'incompleteRead', remedy: expect.stringContaining('rollcall approve hr --read') }],
    });
    expect(await book(here)).toMatchObject({ E01: 'Person 1,999', E12: 'Person 12,111' });
    expect((await here.call('approve', 'hr', '--read', '--as', 'Ada', '--reason', 'the old program is gone')).code).toBe(0);
    expect(await here.run()).toMatchObject({ status: 'done', connections: [{ seen: 12, gone: 0 }, { updated: 1 }] });
    expect(await book(here)).toMatchObject({ E12: 'Person 12,11' });
    // From now on it ends so.
    await here.write('hr.csv', file(rows()).trimEnd());
    expect(await here.run()).toMatchObject({ status: 'done', faults: [], connections: [{ seen: 12, gone: 0 }, { updated: 2 }] });
  });

  it('a column that vanished: its last values stay, and a person decides', async () => {
    await here.write('hr.csv', `${['id,name', ...rows().map((row) => row.slice(0, row.lastIndexOf(',')))].join('\n')}\n`);
    const report = await here.run();
    expect(report.notices).toMatchObject([
      {
        kind: 'outage',
        connection: 'hr',
        message: 'hr: attribute phone is missing there altogether; it was filled in 12 objects, and the last values stay',
        remedy: expect.stringContaining('rollcall approve'),
      },
    ]);
    expect(await book(here)).toMatchObject({ E01: 'Person 1,100', E12: 'Person 12,111' });
    // The next run says it again, and changes nothing.
    expect((await here.run()).notices).toMatchObject([{ kind: 'outage' }]);
    expect(await book(here)).toMatchObject({ E01: 'Person 1,100', E12: 'Person 12,111' });
  });
});

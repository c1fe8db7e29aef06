/** Bad rollcall.yaml and bad rules, through the real command: each is told with line, column, the line itself and a remedy. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOOK, book, type Place, place, rows } from './place.ts';

const GOOD = `connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person:
        join: [employeeId]
        project: true
        filter: row.name != "Nobody"
        attributes: { employeeId: id, displayName: name, phone: phone }
${BOOK}`;

let here: Place;
beforeEach(async () => {
  here = await place(GOOD);
  await here.write('hr.csv', `id,name,phone\n${rows().join('\n')}\n`);
});
afterEach(() => here.remove());

const bomb = `a0: &a0 [${'x, '.repeat(40)}]\n${Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(40)}]\n`).join('')}`;

describe('the file', () => {
  it.each<[name: string, yaml: string, line: number, message: RegExp]>([
    ['a key that comes twice', GOOD.replace('    owner: true\n', '    owner: true\n    anchor: other\n'), 7, /already used/],
    ['an alias bomb', `${bomb}${GOOD}`, 0, /alias/],
    ['a tab', GOOD.replace('    path: hr.csv', '\tpath: hr.csv'), 4, /tab/],
    [
      'an expression that does not parse',
      GOOD.replace('row.name != "Nobody"', 'row.name !='),
      11,
      /filter: the expression cannot be used/,
    ],
    ['an expression of the wrong type', GOOD.replace('row.name != "Nobody"', 'row.name.lower()'), 11, /true or false is needed/],
    ['an operator between the wrong types', GOOD.replace('row.name != "Nobody"', 'row.name == "a" + 1'), 11, /no such overload/],
    ['a function that does not exist', GOOD.replace('row.name != "Nobody"', 'row.name.lowr() == "x"'), 11, /no function 'lowr'/],
    ['a pattern that would run long', GOOD.replace('row.name != "Nobody"', 'row.name.matches("^(a+)+$")'), 11, /repeats/],
  ])('%s', async (_, yaml, line, message) => {
    await here.write('rollcall.yaml', yaml);
    for (const command of [['check'], ['run'], ['plan']]) {
      const { code, out, err } = await here.call(...command);
      expect(code).toBe(1);
      const said = `${out}${err}`;
      expect(said).toMatch(message);
      expect(said).toContain(here.path('rollcall.yaml'));
      expect(said).toContain('→ ');
      if (line > 0) expect(said).toMatch(new RegExp(`line ${line}, column \\d+[\\s\\S]*${line} │ [\\s\\S]*\\^`));
    }
    // Mended, everything goes on.
    await here.write('rollcall.yaml', GOOD);
    expect(await here.first()).toMatchObject({ status: 'done', connections: [{}, { created: 12 }] });
  });
});

describe('a rule that fails for one person', () => {
  it.each<[name: string, rule: string, data: string, message: RegExp]>([
    [
      'runs long',
      '${row.name.split("").map(a, row.name.split("").map(b, a + b).join("")).join("").first(3)}',
      'x'.repeat(900),
      /loops for too long/,
    ],
    ['makes too much', '${row.name.padLeft(int(row.phone) * 100000, "0").first(3)}', 'Person 5', /too much text/],
    ['gets a value it cannot take', '${string(int(row.name.replace("Person ", "")) + 1)}', 'five', /whole number is none/],
  ])('%s', async (_, rule, data, message) => {
    await here.write(
      'rollcall.yaml',
      GOOD.replace('displayName: name', `displayName: '${rule}'`).replace('phone: phone }', 'phone: id }'),
    );
    const lines = rows().map((row) => row.replace(/,\d+$/, ',1'));
    await here.write('hr.csv', `id,name,phone\n${lines.join('\n')}\n`);
    await here.first();
    const before = await book(here);
    expect(Object.keys(before)).toHaveLength(12);
    lines[4] = `E05,${data},999`;
    lines[0] = 'E01,Person 77,1';
    await here.write('hr.csv', `id,name,phone\n${lines.join('\n')}\n`);
    const report = await here.run();
    expect(report.faults).toMatchObject([
      {
        kind: 'invalidValue',
        message: expect.stringMatching(message),
        where: { connection: 'hr', object: expect.stringContaining('E05'), attribute: 'displayName' },
        remedy: expect.stringMatching(/\w{3}/),
      },
    ]);
    // The last value of E05 stays, E01 goes on.
    const after = await book(here);
    expect(after['E05']).toBe(before['E05']);
    expect(report.connections).toMatchObject([{ gone: 0 }, { deleted: 0 }]);
    expect(Object.keys(after)).toHaveLength(12);
  });
});

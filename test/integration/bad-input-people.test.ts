/** People who do not add up: managers in a circle, two rows for one person, values a target does not take. */
import { afterEach, describe, expect, it } from 'vitest';
import { BOOK, book, DAY, type Place, place } from './place.ts';

let here: Place;
afterEach(() => here.remove());

const yaml = (hr: string, target = BOOK): string => `attributes: { person: { contracts: { multi: true } } }
connections:
  hr:
    type: csv
    path: hr.csv
    owner: true
${hr}${target}`;

describe('managers', () => {
  const MANAGED = yaml(
    `    anchor: id
    import: { person: { join: [employeeId], project: true, attributes: { employeeId: id, displayName: name, manager: { reference: boss } } } }
`,
    BOOK.replace('phone: phone', 'phone: manager'),
  );

  it('a circle and a person managing herself are carried, warned of, and never a loop', async () => {
    here = await place(MANAGED);
    await here.write('hr.csv', 'id,name,boss\nE01,Ann,E02\nE02,Bo,E03\nE03,Cy,E01\nE04,Di,E04\nE05,Ed,E01\n');
    // A plan that says so has failed in nothing, and knows all.
    const planned = await here.call('plan', '--read');
    expect([planned.code, planned.out]).toEqual([2, expect.stringContaining('! E04 is their own manager')]);
    const first = await here.run();
    expect(first.faults).toMatchObject([
      {
        message: expect.stringContaining('E04 is their own manager'),
        where: { object: 'E04', attribute: 'manager' },
        remedy: expect.stringContaining('in the source'),
      },
      { message: expect.stringContaining('E01 manages their own manager: E01 → E02 → E03 → E01'), where: { object: 'E01' } },
    ]);
    // Said once, and carried.
    expect(await here.first()).toMatchObject({ status: 'done', faults: [] });
    expect(await book(here)).toEqual({ E01: 'Ann,E02', E02: 'Bo,E03', E03: 'Cy,E01', E04: 'Di,E04', E05: 'Ed,E01' });
    expect(await here.run()).toMatchObject({ status: 'done', faults: [], connections: [{}, { written: 0 }] });
    // One change makes a circle with people who did not change. Gates count a day, so a day goes by.
    here.now += 2 * DAY;
    await here.write('hr.csv', 'id,name,boss\nE01,Ann,\nE02,Bo,E03\nE03,Cy,E01\nE04,Di,\nE05,Ed,E01\n');
    const apart = await here.run();
    expect(apart.notices).toEqual([]);
    expect(apart).toMatchObject({ status: 'done', faults: [] });
    await here.write('hr.csv', 'id,name,boss\nE01,Ann,E02\nE02,Bo,E03\nE03,Cy,E01\nE04,Di,\nE05,Ed,E01\n');
    const again = await here.run();
    expect(again.faults).toMatchObject([
      { message: expect.stringMatching(/^E01 manages their own manager: E01 → E02 → E03 → E01/) },
    ]);
    expect(await book(here)).toMatchObject({ E01: 'Ann,E02', E04: 'Di,' });
  });
});

describe('dates that are none', () => {
  const DATED = yaml(`    anchor: id
    import: { person: { join: [employeeId], project: true, attributes: { employeeId: id, displayName: name, startDate: 'from', birthDate: born, phone: phone } } }
`).replace('attributes: { person: { ', 'attributes: { person: { birthDate: date, ');

  it('are told with object, attribute, column, line and what to write, and without the value; the person goes on', async () => {
    here = await place(DATED);
    const row = (id: string, from: string) => `${id},"Per\nson",${from},1990-02-30,1\n`;
    await here.write('hr.csv', `id,name,from,born,phone\n${row('E1', '2020-01-01')}${row('E 2', 'secretly')}`);
    const { faults } = await here.run();
    const said = (object: string, line: number, column: string, attribute: string, shown: string) => ({
      kind: 'invalidValue',
      message: `the value is no date, or no day of the calendar (read from ${column})`,
      where: { file: here.path('hr.csv'), connection: 'hr', object, attribute, line },
      remedy: `write it as 2026-03-01, or as 1.3.2026, 2026/3/1 or 20260301; see what was read with: rollcall preview hr ${shown}`,
    });
    expect(faults).toHaveLength(3);
    expect(faults).toEqual(
      expect.arrayContaining([
        said('E1', 2, 'born', 'birthDate', 'E1'),
        said('E 2', 4, 'from', 'startDate', 'ANCHOR'),
        said('E 2', 4, 'born', 'birthDate', 'ANCHOR'),
      ]),
    );
    const { out } = await here.call('run', 'show', '1');
    expect(out).toContain(`at ${here.path('hr.csv')}, line 4, connection hr, object E 2, attribute startDate`);
    expect(out).not.toContain('secretly');
    expect((await here.call('preview', 'hr', 'E 2')).out).toContain('secretly');
    // What is worked out again without being read again is not where it was told last time.
    await here.write('rollcall.yaml', DATED.replace('phone: phone } } }', 'phone: phone, title: name } } }'));
    await here.write('hr.csv', `id,name,from,born,phone\n\n${row('E1', '2020-01-01')}${row('E 2', 'secretly')}`);
    const again = await here.run('--profile', 'full-sync');
    expect(again.faults.map(({ where }) => where.line)).toEqual([undefined, undefined, undefined]);
  });
});

describe('long circles of managers', () => {
  const MANAGED = yaml(
    `    anchor: id
    import: { person: { join: [employeeId], project: true, attributes: { employeeId: id, displayName: name, manager: { reference: boss } } } }
`,
    BOOK.replace('phone: phone', 'phone: manager').replace('gates: { ', 'gates: { update: { percent: 100, count: 10000 }, '),
  );
  const id = (i: number): string => `E${String(i).padStart(4, '0')}`;
  /** Each is managed by the next; the last by nobody, or by `last`. */
  const chain = (n: number, last: string, more: readonly string[] = []): string =>
    `${['id,name,boss', ...Array.from({ length: n }, (_, i) => `${id(i)},P${i},${i + 1 < n ? id(i + 1) : last}`), ...more].join('\n')}\n`;

  it('are told once, whoever closes them, and not again for who is led into one', async () => {
    here = await place(MANAGED);
    await here.write('hr.csv', chain(500, ''));
    expect(await here.first()).toMatchObject({ faults: [] });
    // One of 500 changes: the others are only in the store.
    await here.write('hr.csv', chain(500, id(0)));
    const closed = await here.run();
    expect(closed.faults).toMatchObject([
      {
        where: { object: 'E0499', attribute: 'manager' },
        message: expect.stringMatching(/^E0499 manages their own manager: E0499 → E0000 → .* → E0008 → … \(500 people\) → E0499/),
      },
    ]);
    expect(await book(here)).toMatchObject({ E0499: 'P499,E0000' });
    expect((await here.run()).faults).toEqual([]);
    await here.write('hr.csv', chain(500, id(0), ['X1,Xa,E0007']));
    expect((await here.run()).faults).toEqual([]);
    expect(await book(here)).toMatchObject({ X1: 'Xa,E0007' });
  });

  it('are found among all who are new', async () => {
    here = await place(MANAGED);
    await here.write('hr.csv', chain(500, id(250)));
    expect((await here.run()).faults).toMatchObject([{ message: expect.stringMatching(/^E0250 .* \(250 people\) → E0250/) }]);
  });
});

describe('two rows for one person', () => {
  const CONTRACTS = (more: string): string =>
    yaml(`    anchor: contract
    import: { person: { join: [employeeId], project: true, ${more}attributes: { employeeId: id, displayName: name, phone: phone } } }
`);
  const HR = 'contract,id,name,phone\nC1,E01,Ann,1\nC2,E02,Bo,2\nC3,E02,Bob,3\n';

  it('without `many` the second waits for a person, and the first decides', async () => {
    here = await place(CONTRACTS(''));
    await here.write('hr.csv', HR);
    await here.first();
    expect(await book(here)).toEqual({ E01: 'Ann,1', E02: 'Bo,2' });
    const { parked } = JSON.parse((await here.call('parked', '--json')).out) as { parked: readonly object[] };
    expect(parked).toMatchObject([
      {
        kind: 'second',
        connection: 'hr',
        account: 'C3',
        cure: expect.stringContaining('many: true'),
        choices: [{ name: 'link' }, {}, {}],
      },
    ]);
    // It stays so, and the person is not lost with one of the two.
    await here.write('hr.csv', HR.replace('C2,E02,Bo,2\n', ''));
    await here.run();
    expect(Object.keys(await book(here))).toEqual(['E01', 'E02']);
  });

  it('with `many` both are one person, the primary first', async () => {
    here = await place(CONTRACTS('many: true, primary: [desc phone], '));
    await here.write('hr.csv', HR);
    await here.first();
    expect(await book(here)).toEqual({ E01: 'Ann,1', E02: 'Bob,3' });
    await here.write('hr.csv', HR.replace('C3,E02,Bob,3\n', ''));
    expect(await here.run()).toMatchObject({ status: 'done', connections: [{ gone: 1 }, { deleted: 0 }] });
    expect(await book(here)).toEqual({ E01: 'Ann,1', E02: 'Bo,2' });
  });
});

describe('values too long for the target', () => {
  it('are held for that person with rule and limit named; the others go', async () => {
    here = await place(
      yaml(
        `    anchor: id
    import: { person: { join: [employeeId], project: true, attributes: { employeeId: id, displayName: name, phone: phone } } }
`,
        BOOK.replace('name: displayName', 'name: { value: displayName, maxLength: 5 }'),
      ),
    );
    await here.write('hr.csv', 'id,name,phone\nE01,Ann,1\nE02,Bo,2\n');
    await here.first();
    await here.write('hr.csv', 'id,name,phone\nE01,Ann-Marie,7\nE02,Bob,2\n');
    const report = await here.run();
    expect(report.faults).toMatchObject([
      {
        kind: 'invalidValue',
        message: expect.stringContaining('longer than the 5 characters allowed'),
        where: { connection: 'book', object: 'E01', attribute: 'name' },
        remedy: expect.stringContaining('shorten it'),
      },
    ]);
    expect(await book(here)).toEqual({ E01: 'Ann,7', E02: 'Bob,2' });
    await here.write('hr.csv', 'id,name,phone\nE01,Anna,7\nE02,Bob,2\n');
    expect(await here.run()).toMatchObject({ status: 'done', faults: [] });
    expect(await book(here)).toEqual({ E01: 'Anna,7', E02: 'Bob,2' });
  });
});

/** What a row of a file is known by never changes: the plan says so, and the run writes the rest (SEMANTICS 15). */
import { expect, it } from 'vitest';
import { place } from './place.ts';

const YAML = (type: string) => `store: sqlite:rollcall.db
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: row
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: number, displayName: name } } }
  book:
    ${type}
    anchor: id
    mode: on
    import: { person: { join: employeeId, attributes: { employeeId: id } } }
    export: { person: { provision: true, attributes: { id: employeeId, name: displayName } } }
`;

it.each(['{ type: csv, path: book.csv }', '{ type: jsonl, path: book.jsonl }'])('in %s', async (type) => {
  const [, keys] = /^\{ (.*) \}$/.exec(type)!;
  const here = await place(YAML(keys!.replace(', ', '\n    ')));
  try {
    const rows = Array.from({ length: 6 }, (_, i) => `r${i + 2},${i + 2},Person ${i + 2}`);
    await here.write('hr.csv', ['row,number,name', 'r1,1,Ann Ash', ...rows, ''].join('\n'));
    await here.first();
    await here.write('hr.csv', ['row,number,name', 'r1,9,Ann Ashby', ...rows, ''].join('\n'));
    const { out } = await here.call('plan', '--read', '--json');
    const plan = JSON.parse(out);
    const exports = plan.lines.filter((line: { what: string }) => line.what === 'export');
    expect(exports).toMatchObject([{ operation: 'update', after: { name: 'Ann Ashby' } }]);
    const told = {
      kind: 'invalidValue',
      message: expect.stringContaining('never changes'),
      where: { connection: 'book', attribute: 'id', object: '1' },
      remedy: expect.stringContaining('rollcall unlink book 1'),
    };
    expect(plan.report.faults).toMatchObject([told]);
    const report = await here.run();
    expect(report.faults).toMatchObject([told]);
    expect(report.connections.find((one) => one.connection === 'book')).toMatchObject({ updated: 1, failed: 0 });
    const [file] = /book\.\w+/.exec(type)!;
    expect(await here.read(file)).toContain('Ann Ashby');
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  } finally {
    await here.remove();
  }
});

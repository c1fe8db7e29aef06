/** SEMANTICS 6: of a set that a system may not show whole, values are added and never taken as gone; connectors say so as `partial`. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

interface Extra {
  /** Reads after so many show one value of each set; `for` so many. */
  readonly hr?: string;
  readonly dir?: string;
  readonly values?: 'all' | 'ours';
}
const cut = (after: number, times?: number) =>
  `faults: [{ on: read, after: ${after}, ${times === undefined ? '' : `times: ${times}, `}do: { cutList: { attribute: tags, keep: 1 } } }]`;
const yaml = ({ hr = '', dir = '', values = 'ours' }: Extra) =>
  hrAndDirectory({
    top: `gates: { ${unlimited('create')} }\nattributes: { person: { tags: { multi: true } } }`,
    hr: `deltas: false\n${hr}`,
    read: 'displayName: name, tags: tags',
    dir: `deltas: false\nmode: on\n${dir}`,
    written: `cn: displayName, tags: { value: tags, multi: true, values: ${values} }`,
  });

let here: Firm;
afterEach(() => here.close());
const hr = (tags: readonly string[]) => here.system('hr').put('person', 'p1', { id: 'p1', name: 'Person 1', tags: [...tags] });
const dir = (tags: readonly string[]) =>
  here.system('dir').put('person', 'p1', { number: 'p1', cn: 'Person 1', tags: [...tags] });
const tags = () => [here.system('dir').get('person', 'p1')?.attributes['tags'] ?? []].flat().map(String).sort();
const next = async () => {
  here.now += 24 * HOUR;
  return here.run();
};
const root = () => here.system('dir').put('person', 'root', { number: 'root' });

describe('a source', () => {
  it('that shows a part of a set takes nothing from it, adds to it, and is believed again when it shows all', async () => {
    here = await firm(yaml({ hr: cut(2, 3) }));
    hr(['a', 'b', 'c']);
    root();
    await here.first();
    expect(tags()).toEqual(['a', 'b', 'c']);
    await next();
    expect(tags()).toEqual(['a', 'b', 'c']);
    hr(['0', 'b']);
    await next();
    expect(tags()).toEqual(['0', 'a', 'b', 'c']);
    // The same values, cut short and whole, are two things.
    hr(['0']);
    await next();
    expect(tags()).toEqual(['0', 'a', 'b', 'c']);
    await next();
    expect(tags()).toEqual(['0']);
    here.now += 24 * HOUR;
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  });
});

describe.each(['answers: object', 'answers: anchor'])('a target with %s that shows a part of a set', (answers) => {
  it('keeps what others put there, gets what is added, and loses what was ours', async () => {
    here = await firm(yaml({ dir: `${answers}\n${cut(0)}` }));
    hr(['x', 'y']);
    dir(['a', 'b', 'c']);
    await here.first();
    expect(tags()).toEqual(['a', 'b', 'c', 'x', 'y']);
    for (let i = 0; i < 4; i++) await next();
    hr(['y', 'z']);
    for (let i = 0; i < 5; i++) await next();
    expect(tags()).toEqual(['a', 'b', 'c', 'y', 'z']);
    expect(await here.parked('notConverging')).toEqual([]);
    expect(await here.parked('refused')).toEqual([]);
    expect((await here.account('dir', 'p1'))?.export).toBeNull();
    here.now += 24 * HOUR;
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  });

  it('gets all of a set that is decided here, and loses only what it shows besides', async () => {
    here = await firm(yaml({ dir: `${answers}\n${cut(0)}`, values: 'all' }));
    hr(['x', 'y']);
    dir(['a', 'x']);
    await here.first();
    expect(tags()).toEqual(['x', 'y']);
    for (let i = 0; i < 4; i++) await next();
    hr(['z']);
    for (let i = 0; i < 4; i++) await next();
    expect(tags()).toEqual(['z']);
    expect((await here.account('dir', 'p1'))?.export).toBeNull();
  });
});

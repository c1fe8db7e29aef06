/** A second account or row of one person, and what a person decides about it (SEMANTICS 3, 13). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { link, unlink } from '#decisions/links';
import { decide } from '#decisions/parked';
import type { ParkedRow } from '#store/contract';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const yaml = (person = '') => hrAndDirectory({ person, dir: 'mode: on' });

let here: Firm;
const who = () => ({ by: 'Ada', reason: 'asked them', at: here.now });
const choose = (item: ParkedRow, choice: string, person: number | null = null) =>
  decide({ id: item.id, choice, person }, who(), here);
const personOf = async (connection: string, anchor: string) => (await here.account(connection, anchor))!.objectId!;

async function begun(more = ''): Promise<void> {
  here = await firm(yaml(more));
  for (const id of ['1', '2']) here.system('hr').put('person', id, { id, name: `Person ${id}` });
  for (const anchor of ['a', 'b']) here.system('dir').put('person', anchor, { number: '1', cn: 'Person 1' });
  await here.first();
}
beforeEach(() => begun());
afterEach(() => here.close());

describe('a second account of one person', () => {
  it.each(['unlink', 'exclude', 'ignore'])('can be decided on: %s', async (choice) => {
    const [item] = await here.parked('duplicateAccount');
    await choose(item!, choice);
    await here.run();
    expect(await here.account('dir', 'b')).toMatchObject({ objectId: null });
    expect(await here.parked('duplicateAccount')).toHaveLength(choice === 'ignore' ? 1 : 0);
    expect(await here.parked('unjoined')).toHaveLength(choice === 'unlink' ? 1 : 0);
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  });

  it('is not linked to somebody who has one: nobody would end the other when they leave; how to go on is said', async () => {
    const [item] = await here.parked('duplicateAccount');
    const [one, two] = [await personOf('hr', '1'), await personOf('dir', '2')];
    const refusal = {
      kind: 'conflict',
      message: `Person 2 (#${two}) already has the account '2' in dir: only one would be kept in step, and ended when they leave.`,
      remedy: expect.stringContaining("'rollcall unlink dir 2'"),
    };
    await expect(choose(item!, 'link', two)).rejects.toMatchObject(refusal);
    await expect(link({ connection: 'dir', anchor: 'a', object: two }, who(), here)).rejects.toMatchObject(refusal);
    expect(await here.store.decisions.list({ kinds: ['link'], active: true }, { after: 0, limit: 10 })).toEqual([]);
    await unlink({ connection: 'dir', anchor: '2' }, who(), here);
    expect(await choose(item!, 'link', two)).toMatchObject({ choice: { name: 'link' } });
    // What a decision gives them is theirs, though no run has carried it out.
    await expect(link({ connection: 'dir', anchor: 'a', object: two }, who(), here)).rejects.toMatchObject({ kind: 'conflict' });
    await here.run();
    expect([await personOf('dir', 'a'), await personOf('dir', 'b'), await personOf('dir', '2')]).toEqual([one, two, null]);
    expect(await here.parked('duplicateAccount')).toEqual([]);
  });
});

describe('a second row of a source', () => {
  it('is not linked to somebody who has one there, or is to have one: how to go on is said', async () => {
    for (const id of ['3', '4']) here.system('hr').put('person', id, { id, name: `Person ${id}` });
    await here.run();
    const [one, three] = [await personOf('hr', '1'), await personOf('hr', '3')];
    const wanted = { connection: 'hr', anchor: '3', object: one };
    await expect(link(wanted, who(), here)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(`Person 1 (#${one}) already has '1' in hr`),
      remedy: expect.stringContaining('rollcall unlink hr 1'),
    });
    await unlink({ connection: 'hr', anchor: '1' }, who(), here);
    await link(wanted, who(), here);
    await expect(link({ ...wanted, anchor: '4' }, who(), here)).rejects.toMatchObject({ kind: 'conflict' });
    await here.run();
    expect(await personOf('hr', '3')).toBe(one);
    expect(await personOf('hr', '1')).not.toBe(three);
  });

  it('is linked where people may have several', async () => {
    await here.close();
    await begun('many: true');
    here.system('hr').put('person', '3', { id: '3', name: 'Eve' });
    await here.run();
    const one = await personOf('hr', '1');
    await link({ connection: 'hr', anchor: '3', object: one }, who(), here);
    await here.run();
    expect(await personOf('hr', '3')).toBe(one);
  });
});

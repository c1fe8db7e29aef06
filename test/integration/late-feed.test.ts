/**
 * SEMANTICS 3 and 9: a target's feed tells a state from before Rollcall wrote there in one read, and what it wrote in a later one.
 * A state that lacks what Rollcall wrote since the last read is believed when the feed told that write before it, or when the next
 * read says the same.
 */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';

const FREE = '{ percent: 100, count: 1000 }';
const yaml = (fault: string, answers = 'object') => `store: sqlite:rollcall.db
gates: { create: ${FREE}, update: ${FREE}, attribute: ${FREE}, empty: ${FREE} }
attributes: { person: { tags: { type: string, multi: true, strategy: merge } } }
precedence: { person: { mail: [dir, hr] } }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, mail: mail, tags: tags } }
  dir:
    type: memory
    system: dir
    pageSize: 1
    answers: ${answers}
    lookup: false
    faults: [${fault}]
    import:
      person: { join: employeeId, attributes: { employeeId: number, mail: mail, tags: tags } }
    export:
      person: { provision: true, anchor: '\${"a" + person.employeeId}', attributes: { number: employeeId, mail: mail, tags: tags } }
`;

let here: Firm;
afterEach(() => here.close());

const hr = (attributes: { [name: string]: string | string[] }) =>
  here.system('hr').put('person', '1', { id: '1', ...attributes });
const account = () => here.system('dir').get('person', 'a1')!.attributes;
const agreed = async () => {
  const [object] = await here.store.sync.objects([(await here.account('hr', '1'))!.objectId!]);
  return JSON.parse(object!.attributes) as { [name: string]: unknown };
};

async function start(fault: string, answers?: string): Promise<void> {
  here = await firm(yaml(fault, answers));
  hr({});
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.run();
  await here.approve('dir');
  await here.run();
  await here.run();
}

/** A stranger edits the account, and then what HR says goes out before the target is read again. */
async function overwritten(theirs: object, ours: { [name: string]: string | string[] }): Promise<void> {
  here.system('dir').edit('person', 'a1', { ...theirs });
  hr(ours);
  await here.run({ profile: 'delta-import', connections: ['hr'] });
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
}

async function settled(): Promise<void> {
  await here.run();
  await here.run();
}

/** Of the writes to the account the second is shown so many reads late; the first one makes it. */
const late = (reads: number) => `{ on: update, anchor: a1, times: 1, do: { late: ${reads}, answered: true } }`;

it.each(['object', 'anchor'])('what was overwritten is no edit, and what overwrote it is ours (answers: %s)', async (answers) => {
  await start(late(2), answers);
  await overwritten({ mail: 'stranger@x' }, { mail: 'first@x' });
  await here.run();
  expect([account()['mail'], (await agreed())['mail']]).toEqual(['first@x', 'first@x']);
  await settled();
  hr({ mail: 'second@x' });
  await settled();
  expect([account()['mail'], (await agreed())['mail']]).toEqual(['second@x', 'second@x']);
  hr({});
  await settled();
  expect((await agreed())['mail']).toBeUndefined();
});

it('values of ours in a merged set were not taken out', async () => {
  await start(`{ on: update, anchor: a1, after: 1, times: 1, do: { late: 2, answered: true } }`);
  hr({ tags: ['x'] });
  await settled();
  await overwritten({ tags: null }, { tags: ['x', 'y'] });
  await here.run();
  expect((await agreed())['tags']).toEqual(['x', 'y']);
  await settled();
  expect([account()['tags'], (await agreed())['tags']]).toEqual([
    ['x', 'y'],
    ['x', 'y'],
  ]);
});

it('another change that is told before them is not what Rollcall wrote', async () => {
  await start(late(2));
  here.system('dir').edit('person', 'a1', { pet: 'cat' });
  await overwritten({ mail: 'stranger@x' }, { mail: 'first@x' });
  await here.run();
  expect([(await agreed())['mail'], JSON.parse((await here.account('dir', 'a1'))!.seen!).pet]).toEqual(['first@x', 'cat']);
  await settled();
  hr({ mail: 'second@x' });
  await settled();
  expect(account()['mail']).toBe('second@x');
});

it('a read that breaks off between the two says nothing of it', async () => {
  await start('{ on: read, after: 3, times: 1, do: { breakAfter: 1 } }');
  await overwritten({ mail: 'stranger@x' }, { mail: 'first@x' });
  await here.run();
  expect((await agreed())['mail']).toBe('first@x');
  await settled();
  hr({ mail: 'second@x' });
  await settled();
  expect(account()['mail']).toBe('second@x');
});

it.each(['object', 'anchor'])('an edit that is told after our write is seen at once (answers: %s)', async (answers) => {
  await start('', answers);
  hr({ mail: 'first@x' });
  await here.run();
  here.system('dir').edit('person', 'a1', { mail: 'own@x' });
  await here.run({ profile: 'delta-import', connections: ['dir'] });
  expect(JSON.parse((await here.account('dir', 'a1'))!.seen!).mail).toBe('own@x');
});

it('a clear that is not proven yet is told by the feed, and an edit after it is seen at once', async () => {
  await start('', 'anchor');
  hr({ mail: 'first@x' });
  await settled();
  hr({});
  await here.run({ profile: 'delta-import', connections: ['hr'] });
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
  expect(account()['mail']).toBeUndefined();
  here.system('dir').edit('person', 'a1', { mail: 'own@x' });
  await here.run({ profile: 'delta-import', connections: ['dir'] });
  expect(JSON.parse((await here.account('dir', 'a1'))!.seen!).mail).toBe('own@x');
});

it('what the next read still says is believed: a write that is told later than that is taken for an edit', async () => {
  await start(late(4));
  await overwritten({ mail: 'stranger@x' }, { mail: 'first@x' });
  await here.run();
  expect((await agreed())['mail']).toBe('first@x');
  await here.run();
  expect((await agreed())['mail']).toBe('stranger@x');
  await settled();
  await settled();
  expect([account()['mail'], (await agreed())['mail']]).toEqual(['first@x', 'first@x']);
});

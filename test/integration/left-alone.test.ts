/** A system that does not answer several times in a row is left alone and tried until it does, while others go on. */
import { afterEach, expect, it } from 'vitest';
import type { Configuration } from '#config/model';
import { RollcallError } from '#core/errors';
import { createRests, probe, push, type Rests, run } from '#runs/index';
import { type Firm, firm } from './firm.ts';

const YAML = `connections:
  hr: { type: memory, system: hr, owner: true, import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } } } }
  dir:
    type: memory
    system: dir
    mode: on
    anchors: caller
    import: { person: { join: employeeId, attributes: { employeeId: number } } }
    export: { person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } } }
`;

let here: Firm;
let rests: Rests | undefined;
afterEach(async () => {
  rests?.close();
  await here.close();
});

it('after several runs in a row nothing is asked of it, pushes and others go on, and what waits goes once it answers', async () => {
  here = await firm(YAML);
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Ada' });
  await here.first();
  let down = true;
  let asked = 0;
  const answers = <T>(work: () => T): T => {
    asked++;
    if (down) throw new RollcallError('unavailable', 'no answer');
    return work();
  };
  const connections = here.config.connections.map((one): Configuration['connections'][number] => ({
    ...one,
    definition: {
      ...one.definition,
      open(settings, context) {
        const inner = one.definition.open(settings, context);
        if (one.name !== 'dir') return inner;
        const { read, write } = inner;
        return {
          ...inner,
          test: async () => answers(() => inner.test()),
          read: { ...read!, read: (request) => answers(() => read!.read(request)) },
          write: { ...write!, write: async (items) => answers(() => write!.write(items)) },
        };
      },
    },
  }));
  const config = { ...here.config, connections };
  const gate = Promise.withResolvers<void>();
  const tried = async (name: string) => {
    await gate.promise;
    return await probe(name, { config });
  };
  rests = createRests({ wall: () => here.now, restMs: () => 1, probe: tried });
  const over = Promise.withResolvers<string>();
  rests.listen({ tell: () => undefined, over: over.resolve });
  const services = { config, store: here.store, wall: () => here.now, rests };
  const cycle = () => run({ profile: 'cycle', connections: null, by: 'test' }, services);

  for (let n = 0; n < 5; n++) expect((await cycle()).failed).toEqual(['dir']);
  const before = asked;
  here.system('hr').put('person', 'p2', { id: 'p2', name: 'Bo' });
  const left = await cycle();
  expect([left.objects['person']!.total, left.notices.map(({ kind }) => kind)]).toEqual([2, ['leftAlone']]);
  const change = { kind: 'person', anchor: 'p1', attributes: { id: 'p1', name: 'Ada L.' } };
  const pushed = await push({ connection: 'hr', by: 'test', change }, services);
  expect([pushed.faults, (await pushed.settled).status]).toEqual([[], 'done']);
  expect(asked).toBe(before);

  down = false;
  gate.resolve();
  expect(await over.promise).toBe('dir');
  here.now += 60_000;
  expect((await cycle()).failed).toEqual([]);
  const accounts = here.system('dir').objects();
  expect(accounts.map(({ attributes }) => attributes['cn']).toSorted()).toEqual(['Ada L.', 'Bo']);
});

/** SEMANTICS 1: the order of arrival does not matter where no key is ambiguous. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { announce, parameters } from './driver.ts';
import { engineHouse } from './engine-house.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';

beforeAll(() => announce('order of arrival'));

/**
 * Without what the page excepts: `latest` without source time, onCreate, ifEmpty (the app), and targets read late; and without
 * accounts that are made while only somebody who is outranked later has put a person in scope, or before another says their first day.
 */
const plainShape = shape.map((s) => ({
  ...s,
  when: 'default' as const,
  app: false,
  many: false,
  login: false,
  dates: s.dates && !s.contractors,
  twoWay: s.twoWay === 'latest' ? ('ranked' as const) : s.twoWay,
}));

it('ends the same in whatever order sources and rows arrive', async () => {
  const order = fc.array(fc.tuple(fc.constantFrom('hr', 'temps', 'badge'), fc.nat()), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(organisation(plainShape, false), order, async (org, arrivals) => {
      const straight = await engineHouse(org);
      const shuffled = await engineHouse({
        ...org,
        systems: Object.fromEntries(
          Object.entries(org.systems).map(([name, s]) => [
            name,
            name === 'dir' ? s : { ...s, objects: s.objects.filter((o) => o.anchor === 'zz-keeper') },
          ]),
        ),
      });
      try {
        await straight.settle();
        await shuffled.once('cycle', ['dir']);
        for (const [connection, n] of arrivals) {
          const waiting = waitingIn(straight, shuffled, connection);
          const next = waiting[n % Math.max(1, waiting.length)];
          if (!next) continue;
          shuffled.put(connection, next);
          await shuffled.once('cycle', [connection]);
        }
        for (const connection of straight.connections.filter((c) => c !== 'dir'))
          for (const object of waitingIn(straight, shuffled, connection)) shuffled.put(connection, object);
        await shuffled.settle();
        expect(await shuffled.end()).toEqual(await straight.end());
      } finally {
        await straight.close();
        await shuffled.close();
      }
    }),
    parameters(6),
  );
});

type H = Awaited<ReturnType<typeof engineHouse>>;

function waitingIn(from: H, to: H, connection: string) {
  if (!from.connections.includes(connection)) return [];
  return [...from.contents(connection)].filter(([key]) => !to.contents(connection).has(key)).map(([, object]) => object);
}

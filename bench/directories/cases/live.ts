/** A change in one directory until it is in a second one, while both are listened to: one change after the other. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, ReadObject } from '#connectors/contract';
import { live } from '#runs/index';
import { must } from '../../case.ts';
import { firstCycleOf } from '../../first.ts';
import { median, percentile } from '../../result.ts';
import { ldifOf, PEOPLE } from '../data.ts';
import type { DirectoryCase } from '../directory-case.ts';
import { connectionOf, connectionTo, GATES, serverWith } from '../place.ts';

const CHANGES = 300;

export const directoryLive: DirectoryCase = {
  name: 'directory-live',
  size: 10_000,
  goals: [
    { text: 'p50 < 50 ms', reached: ({ also }) => also!.p50Ms! < 50 },
    { text: 'p99 < 250 ms', reached: ({ also }) => also!.p99Ms! < 250 },
  ],
  async prepare(folder, people) {
    const [server, second] = [await serverWith(ldifOf(people)), await serverWith(ldifOf(0))];
    writeFileSync(
      join(folder, 'rollcall.yaml'),
      `store: sqlite:rollcall.db
gates:
${GATES}
connections:
  directory:
${connectionTo(server, folder, PEOPLE)}
    live: true
    owner: true
    import:
      person:
        project: true
        join: login
        attributes: { login: uid, displayName: cn, familyName: sn, title: title }
  second:
${connectionTo(second, folder, PEOPLE, 'second')}
    export:
      person:
        provision: true
        dn: \${"uid=" + person.login + ",${PEOPLE}"}
        attributes: { uid: login, cn: displayName, sn: familyName, title: title }
`,
    );
    return {
      more: {},
      limit: async () => null,
      remove: async () => void (await Promise.all([server.remove(), second.remove()])),
    };
  },
  async run({ place, services: open }) {
    const services = await open();
    const { written } = await firstCycleOf(services);
    must(written === place.people, `all ${place.people} are written, not ${written}`);
    const stop = new AbortController();
    const listening = Promise.withResolvers<void>();
    const ended = live(
      { connections: null, by: 'bench', cycleEveryMs: 3_600_000 },
      {
        ...services,
        signal: stop.signal,
        onLive(event) {
          if (event.what === 'cycle') listening.resolve();
        },
      },
    );
    await listening.promise;
    const connection = (name: string): Connection =>
      connectionOf(services.config.connections.find((one) => one.name === name)!, place.folder);
    const [first, second] = [connection('directory'), connection('second')];
    const arrival = second.read!.watch!(stop.signal)[Symbol.asyncIterator]();
    await arrival.next();
    const times: number[] = [];
    for (let n = 0; n < CHANGES; n++) {
      const [{ anchor }] = (await first.lookup!({ attribute: 'uid', value: `p${n % place.people}` }, 'person')) as [ReadObject];
      const change = { attempt: `${n}`, operation: 'update', kind: 'person', anchor, set: { title: `Live ${n}` } } as const;
      const begun = performance.now();
      await first.write!.write([change]);
      await arrival.next();
      times.push(performance.now() - begun);
    }
    stop.abort();
    await ended;
    await Promise.all([arrival.return?.(), first.close(), second.close()]);
    return { seconds: median(times) / 1000, objects: 1, also: { p50Ms: median(times), p99Ms: percentile(times, 0.99) } };
  },
};

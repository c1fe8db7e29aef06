/** A hundred changes in a directory, read by syncrepl, worked out, and written to another directory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '#runs/index';
import { must, timed } from '../../case.ts';
import { firstCycleOf } from '../../first.ts';
import { median } from '../../result.ts';
import { ldifOf, PEOPLE, personDn, SUFFIX } from '../data.ts';
import type { DirectoryCase } from '../directory-case.ts';
import { changeWith, connectionTo, GATES, serverWith } from '../place.ts';

const CHANGES = 100;
const ROUNDS = 7;

export const directoryDelta: DirectoryCase = {
  name: 'directory-delta-100',
  size: 200_000,
  besides: 10_000,
  goals: [
    { text: '< 1 s', reached: ({ seconds }) => seconds < 1 },
    { text: '≤ 1.5 × the same with 10,000 people', reached: ({ also }) => also!.timesBesides! <= 1.5 },
  ],
  async prepare(folder, people) {
    const server = await serverWith(ldifOf(people));
    writeFileSync(
      join(folder, 'rollcall.yaml'),
      `store: sqlite:rollcall.db
gates:
${GATES}
connections:
  directory:
${connectionTo(server, folder, PEOPLE)}
    owner: true
    import:
      person:
        project: true
        join: login
        attributes: { login: uid, displayName: cn, familyName: sn, title: title }
  copy:
${connectionTo(server, folder, `ou=copy,${SUFFIX}`)}
    export:
      person:
        when: person.title.startsWith("Engineer 3") || person.title.startsWith("Delegate")
        provision: true
        dn: \${"uid=" + person.login + ",ou=copy,${SUFFIX}"}
        attributes: { uid: login, cn: displayName, sn: familyName, title: title }
`,
    );
    return {
      more: { url: server.ldap, dn: server.sync.dn, password: server.sync.password },
      limit: async () => null,
      remove: () => server.remove(),
    };
  },
  async run({ place, services: open }) {
    const services = await open();
    await firstCycleOf(services);
    await run({ profile: 'cycle', connections: null, by: 'bench' }, services);
    // Those whose accounts are there already: an update each.
    const numbers = Array.from({ length: place.people }, (_, n) => n).filter((n) => n % 17 === 3);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const changed = Array.from({ length: CHANGES }, (_, i) => numbers[(round * CHANGES + i) % numbers.length]!);
      await changeWith(
        place.more,
        changed.map((n) => `dn: ${personDn(n)}\nchangetype: modify\nreplace: title\ntitle: Delegate ${round}\n`),
      );
      const { seconds, value: report } = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
      const written = report.connections.reduce((sum, one) => sum + one.written, 0);
      must(written === CHANGES, `${CHANGES} accounts are changed, not ${written}`);
      times.push(seconds);
    }
    return { seconds: median(times), objects: CHANGES };
  },
};

/** A hundred changes in a directory, read by what it tells of them, worked out, and written to another directory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '#runs/index';
import { must, timed } from '../../case.ts';
import { firstCycleOf } from '../../first.ts';
import { median } from '../../result.ts';
import { COPY, ldifOf } from '../data.ts';
import type { DirectoryCase } from '../directory-case.ts';
import { changeWith, connectionTo, GATES, serverWith, signInTo } from '../place.ts';
import { DOMAIN, OPENLDAP, type Source } from '../source.ts';

const CHANGES = 100;
const ROUNDS = 7;

export const directoryDelta: DirectoryCase = deltaFrom(OPENLDAP, { name: 'directory-delta-100', deltas: 'syncrepl' });
export const domainDelta: DirectoryCase = deltaFrom(DOMAIN, { name: 'domain-delta-100', deltas: 'dirsync' });

function deltaFrom(source: Source, { name, deltas }: { readonly name: string; readonly deltas: string }): DirectoryCase {
  return {
    name,
    size: 200_000,
    besides: 10_000,
    goals: [
      { text: '< 1 s', reached: ({ seconds }) => seconds < 1 },
      { text: '≤ 1.5 × the same with 10,000 people', reached: ({ also }) => also!.timesBesides! <= 1.5 },
    ],
    async prepare(folder, people) {
      const [server, second] = [await source.start(people), await serverWith(ldifOf(0))];
      writeFileSync(
        join(folder, 'rollcall.yaml'),
        `store: sqlite:rollcall.db
gates:
${GATES}
connections:
  directory:
${connectionTo(server, folder, source.people)}
    deltas: ${deltas}
    owner: true
    import:
      person:
        project: true
        join: login
        attributes: { login: ${source.login}, displayName: ${source.displayName}, familyName: sn, title: title }
  copy:
${connectionTo(second, folder, COPY, 'copy')}
    export:
      person:
        when: person.title.startsWith("Engineer 3") || person.title.startsWith("Delegate")
        provision: true
        dn: \${"uid=" + person.login + ",${COPY}"}
        attributes: { uid: login, cn: displayName, sn: familyName, title: title }
`,
      );
      return {
        more: { source: signInTo(server) },
        limit: async () => null,
        remove: async () => void (await Promise.all([server.remove(), second.remove()])),
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
          place.more['source']!,
          changed.map((n) => `dn: ${source.personDn(n)}\nchangetype: modify\nreplace: title\ntitle: Delegate ${round}\n`),
        );
        const { seconds, value: report } = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
        const written = report.connections.reduce((sum, one) => sum + one.written, 0);
        must(written === CHANGES, `${CHANGES} accounts are changed, not ${written}`);
        times.push(seconds);
      }
      return { seconds: median(times), objects: CHANGES };
    },
  };
}

/** One member is added to a large group, directory to directory: what goes over the wire, what is written, and what reading it costs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '#connectors/contract';
import { run } from '#runs/index';
import { must, timed } from '../../case.ts';
import { firstCycleOf } from '../../first.ts';
import { median } from '../../result.ts';
import { GROUPS, groupLdif, ldifOf, PEOPLE, personDn, SUFFIX } from '../data.ts';
import type { DirectoryCase } from '../directory-case.ts';
import { changeWith, connectionOf, connectionTo, GATES, lastValues, serverWith } from '../place.ts';

const ROUNDS = 5;
const SMALL = 10;

export const directoryMember: DirectoryCase = {
  name: 'directory-member',
  size: 100_000,
  goals: [
    { text: 'one value on the wire', reached: ({ also }) => also!.valuesOnWire === 1 },
    {
      text: 'the write ≤ 1.5 × what ldapmodify needs for it',
      reached: ({ also }) => also!.writeLargeMs! <= 1.5 * also!.programLargeMs!,
    },
    { text: 'rows as for a group of 10', reached: ({ also }) => also!.rowsLarge! <= also!.rowsSmall! },
  ],
  async prepare(folder, people) {
    const server = await serverWith([...ldifOf(people + ROUNDS), groupLdif('large', people), groupLdif('small', SMALL)]);
    writeFileSync(
      join(folder, 'rollcall.yaml'),
      `store: sqlite:rollcall.db
gates:
${GATES}
connections:
  people:
${connectionTo(server, folder, PEOPLE)}
    owner: true
    import:
      person: { project: true, join: login, attributes: { login: uid, displayName: cn } }
  groups:
${connectionTo(server, folder, GROUPS)}
    owner: true
    import:
      group: { project: true, attributes: { name: cn, member: { reference: member, by: name, connection: people, kind: person } } }
  copy:
${connectionTo(server, folder, `["ou=copy,${SUFFIX}", "${PEOPLE}"]`)}
    import:
      person: { join: login, attributes: { login: uid } }
    export:
      group:
        provision: true
        dn: \${"cn=" + group.name + ",ou=copy,${SUFFIX}"}
        attributes: { cn: name, member: { value: member, by: name, multi: true } }
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
    const add = async (group: string, n: number): Promise<{ seconds: number; rows: number; values: number }> => {
      await changeWith(place.more, [`dn: cn=${group},${GROUPS}\nchangetype: modify\nadd: member\nmember: ${personDn(n)}\n`]);
      const { seconds, value: report } = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
      const written = report.connections.reduce((sum, one) => sum + one.written, 0);
      must(written === 1, `one account is changed, not ${written}`);
      return { seconds, rows: report.rowsWritten, values: await lastValues(place.more, `cn=${group},ou=copy,${SUFFIX}`) };
    };
    const small: Awaited<ReturnType<typeof add>>[] = [];
    const large: typeof small = [];
    for (let i = 0; i < ROUNDS; i++) {
      small.push(await add('small', SMALL + i));
      large.push(await add('large', place.people + i));
    }
    const written = await writesOf(connectionOf(services.config.connections.find(({ name }) => name === 'copy')!, place.folder));
    const of = (list: typeof small, what: 'seconds' | 'rows' | 'values'): number => median(list.map((one) => one[what]));
    return {
      seconds: of(large, 'seconds'),
      objects: 1,
      rowsWritten: of(large, 'rows'),
      also: {
        members: place.people,
        smallSeconds: of(small, 'seconds'),
        timesSmall: of(large, 'seconds') / of(small, 'seconds'),
        rowsLarge: of(large, 'rows'),
        rowsSmall: of(small, 'rows'),
        writeSmallMs: written.small * 1000,
        writeLargeMs: written.large * 1000,
        programLargeMs: (await programSeconds(place.more, `cn=large,ou=copy,${SUFFIX}`)) * 1000,
        valuesOnWire: of(large, 'values'),
      },
    };
  },
};

/** Seconds of taking one member out and putting it back, at the connector. */
async function writesOf(copy: Connection): Promise<{ readonly small: number; readonly large: number }> {
  const secondsIn = async (value: string): Promise<number> => {
    const [group] = await copy.lookup!({ attribute: 'cn', value }, 'group');
    const member = { member: [personDn(1)] };
    const item = { attempt: value, operation: 'update', kind: 'group', anchor: group!.anchor, set: {} } as const;
    const seconds: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const { seconds: one, value: results } = await timed(async () => [
        ...(await copy.write!.write([{ ...item, remove: member }])),
        ...(await copy.write!.write([{ ...item, add: member }])),
      ]);
      must(
        results.every((result) => result.ok),
        'a member is written',
      );
      seconds.push(one);
    }
    return median(seconds);
  };
  const [small, large] = [await secondsIn('small'), await secondsIn('large')];
  await copy.close();
  return { small, large };
}

/** The same, as the server's own program does it. */
async function programSeconds(at: { readonly [name: string]: string }, dn: string): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const records = ['delete', 'add'].map((op) => `dn: ${dn}\nchangetype: modify\n${op}: member\nmember: ${personDn(1)}\n`);
    seconds.push((await timed(() => changeWith(at, records))).seconds);
  }
  return median(seconds);
}

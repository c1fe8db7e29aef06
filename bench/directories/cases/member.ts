/** One member is added to a large group, directory to directory: what goes over the wire, what is written, and what reading it costs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '#connectors/contract';
import { run } from '#runs/index';
import type { RunReport } from '#runs/model';
import { type Goal, must, timed } from '../../case.ts';
import { firstCycleOf } from '../../first.ts';
import { median } from '../../result.ts';
import { COPY, ldifOf, PEOPLE } from '../data.ts';
import type { DirectoryCase, SignIn } from '../directory-case.ts';
import { dirSync, programSeconds, valuesReadOf, writesOf } from '../membership.ts';
import { changeWith, connectionOf, connectionTo, GATES, lastValues, serverWith, signInTo } from '../place.ts';
import { DOMAIN, DOMAIN_BASE, OPENLDAP, type Source } from '../source.ts';

const ROUNDS = 5;
const SMALL = 10;
const copyDn = (group: string): string => `cn=${group},${COPY}`;

/** How changes are asked for. */
interface Ways {
  readonly name: string;
  /** Of the directory that the group is in. */
  readonly deltas: string;
  /** Of the one with the copy: it tells of what was written to it. */
  readonly copyDeltas: string;
  /** Seconds that OpenLDAP's own program needs to be told of a change, where the server looks through the whole group for it. */
  asked?(at: SignIn, change: () => Promise<void>): Promise<number>;
  readonly goals: DirectoryCase['goals'];
}

const ONE_READ = { text: 'one value read', reached: ({ also }) => also!.valuesRead === 1 } satisfies Goal;
const SYNC = {
  text: 'worked out ≤ 1.5 × that',
  reached: ({ also }) => also!.syncLargeMs! <= 1.5 * also!.syncSmallMs!,
} satisfies Goal;

/** The group is sent, and compared, with all its members whenever it changes. */
export const directoryMember: DirectoryCase = memberFrom(OPENLDAP, {
  name: 'directory-member',
  deltas: 'syncrepl',
  copyDeltas: 'syncrepl',
  goals: [],
});

export const directoryMemberLog: DirectoryCase = memberFrom(OPENLDAP, {
  name: 'directory-member-accesslog',
  deltas: 'accesslog',
  copyDeltas: 'accesslog',
  goals: [
    ONE_READ,
    { text: 'read ≤ 1.5 × a group of 10', reached: ({ also }) => also!.readLargeMs! <= 1.5 * also!.readSmallMs! },
    SYNC,
  ],
});

export const domainMember: DirectoryCase = memberFrom(DOMAIN, {
  name: 'domain-member',
  deltas: 'dirsync',
  copyDeltas: 'accesslog',
  async asked(at, change) {
    const cookie = await dirSync(at, DOMAIN_BASE, '');
    await change();
    return (await timed(() => dirSync(at, DOMAIN_BASE, cookie))).seconds;
  },
  goals: [
    ONE_READ,
    {
      text: 'read ≤ 1.5 × a group of 10 and what ldapsearch needs for it',
      reached: ({ also }) => also!.readLargeMs! <= 1.5 * (also!.readSmallMs! + also!.askedLargeMs!),
    },
    SYNC,
  ],
});

function memberFrom(source: Source, { name, deltas, copyDeltas, asked, goals }: Ways): DirectoryCase {
  return {
    name,
    size: 100_000,
    goals: [
      { text: 'one value on the wire', reached: ({ also }) => also!.valuesOnWire === 1 },
      {
        text: 'the write ≤ 1.5 × what ldapmodify needs for it',
        reached: ({ also }) => also!.writeLargeMs! <= 1.5 * also!.programLargeMs!,
      },
      { text: 'rows as for a group of 10', reached: ({ also }) => also!.rowsLarge! <= also!.rowsSmall! },
      ...goals,
    ],
    async prepare(folder, people) {
      const server = await source.start(people + ROUNDS, { large: people, small: SMALL });
      const second = await serverWith(ldifOf(people + ROUNDS));
      writeFileSync(
        join(folder, 'rollcall.yaml'),
        `store: sqlite:rollcall.db
gates:
${GATES}
connections:
  directory:
${connectionTo(server, folder, `["${source.people}", "${source.groups}"]`)}
    deltas: ${deltas}
    owner: true
    import:
      person: { project: true, join: login, attributes: { login: ${source.login}, displayName: ${source.displayName} } }
      group: { project: true, attributes: { name: cn, member: { reference: member, by: name } } }
  copy:
${connectionTo(second, folder, `["${COPY}", "${PEOPLE}"]`, 'copy')}
    deltas: ${copyDeltas}
    import:
      person: { join: login, attributes: { login: uid } }
    export:
      group:
        provision: true
        dn: \${"cn=" + group.name + ",${COPY}"}
        attributes: { cn: name, member: { value: member, by: name, multi: true } }
`,
      );
      return {
        more: { source: signInTo(server), copy: signInTo(second) },
        limit: async () => null,
        remove: async () => void (await Promise.all([server.remove(), second.remove()])),
      };
    },
    async run({ place, services: open }) {
      const services = await open();
      const { source: at, copy } = place.more as { readonly [server in 'source' | 'copy']: SignIn };
      const phase = (profile: string): Promise<RunReport> => run({ profile, connections: null, by: 'bench' }, services);
      const connection = (called: string): Connection =>
        connectionOf(services.config.connections.find((one) => one.name === called)!, place.folder);
      const change = (group: string, n: number, op: 'add' | 'delete'): Promise<void> =>
        changeWith(at, [`dn: ${source.groupDn(group)}\nchangetype: modify\n${op}: member\nmember: ${source.personDn(n)}\n`]);
      await firstCycleOf(services);
      await phase('cycle');
      const add = async (group: string, n: number) => {
        await change(group, n, 'add');
        const [read, worked, sent] = [
          await timed(() => phase('delta-import')),
          await timed(() => phase('delta-sync')),
          await timed(() => phase('export')),
        ];
        const written = sent.value.connections.reduce((sum, one) => sum + one.written, 0);
        must(written === 1, `one account is changed, not ${written}`);
        const back = await timed(() => phase('cycle'));
        return {
          read: read.seconds,
          worked: worked.seconds,
          seconds: read.seconds + worked.seconds + sent.seconds,
          back: back.seconds,
          rows: [read, worked, sent].reduce((sum, { value }) => sum + value.rowsWritten, 0),
          values: await lastValues(copy, copyDn(group)),
        };
      };
      const small: Awaited<ReturnType<typeof add>>[] = [];
      const large: typeof small = [];
      for (let i = 0; i < ROUNDS; i++) {
        small.push(await add('small', SMALL + i));
        large.push(await add('large', place.people + i));
      }
      const of = (list: typeof small, what: keyof (typeof small)[number]): number => median(list.map((one) => one[what]));
      const valuesRead = await valuesReadOf(connection('directory'), () => change('large', 0, 'delete'));
      const write = await writesOf(connection('copy'));
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
          valuesRead,
          readSmallMs: of(small, 'read') * 1000,
          readLargeMs: of(large, 'read') * 1000,
          ...(asked === undefined ? {} : { askedLargeMs: (await asked(at, () => change('large', 0, 'add'))) * 1000 }),
          syncSmallMs: of(small, 'worked') * 1000,
          syncLargeMs: of(large, 'worked') * 1000,
          valuesOnWire: of(large, 'values'),
          writeSmallMs: write.small * 1000,
          writeLargeMs: write.large * 1000,
          programLargeMs: (await programSeconds(copy, copyDn('large'))) * 1000,
          backSmallMs: of(small, 'back') * 1000,
          backLargeMs: of(large, 'back') * 1000,
        },
      };
    },
  };
}

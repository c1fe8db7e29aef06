/** A directory is read in full, and nothing has changed; beside ldapsearch writing the same entries to a file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../result.ts';
import { ldifOf, PEOPLE } from '../data.ts';
import type { DirectoryCase } from '../directory-case.ts';
import { connectionTo, secondsOf, serverWith } from '../place.ts';
import { QUIET_READS, ROUNDS } from '../quiet-reads.ts';

export const directoryRead: DirectoryCase = {
  name: 'directory-read',
  size: 200_000,
  goals: [
    { text: '≤ 1.5 × ldapsearch', reached: ({ ratioToLimit }) => ratioToLimit! <= 1.5 },
    { text: '< 300 MB', reached: ({ peakRssMb }) => peakRssMb < 300 },
    { text: 'no row written but for cursors', reached: ({ rowsWritten }) => rowsWritten! <= 3 },
  ],
  async prepare(folder, people) {
    const server = await serverWith(ldifOf(people));
    writeFileSync(
      join(folder, 'rollcall.yaml'),
      `store: sqlite:rollcall.db
connections:
  directory:
${connectionTo(server, folder, PEOPLE)}
    owner: true
    import:
      person:
        project: true
        join: login
        attributes: { login: uid, displayName: cn, givenName: givenName, familyName: sn, mail: mail, title: title }
`,
    );
    return {
      more: {},
      async limit() {
        const args = ['-LLL', '-o', 'ldif_wrap=no', '-b', PEOPLE, '(objectClass=inetOrgPerson)', '*', 'entryUUID', 'entryCSN'];
        const times: number[] = [];
        for (let i = 0; i < ROUNDS; i++) times.push(await secondsOf('ldapsearch', server, args, join(folder, 'out.ldif')));
        return median(times);
      },
      remove: () => server.remove(),
    };
  },
  ...QUIET_READS,
};

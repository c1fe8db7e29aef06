/** Five thousand new entries are written to a directory; beside ldapadd with as many connections: one. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '#runs/index';
import { must } from '../../case.ts';
import { firstCycleOf } from '../../first.ts';
import { COPY, GROUPS, ldifOf, personLdif } from '../data.ts';
import type { DirectoryCase } from '../directory-case.ts';
import { connectionTo, GATES, secondsOf, serverWith } from '../place.ts';

export const directoryExport: DirectoryCase = {
  name: 'directory-export',
  size: 5000,
  goals: [{ text: '≥ 0.9 × ldapadd', reached: ({ ratioToLimit }) => ratioToLimit! <= 1 / 0.9 }],
  async prepare(folder, people) {
    const server = await serverWith(ldifOf(0));
    const header = 'id,login,given,family,mail,title,department,phone,city,description\n';
    const rows = Array.from(
      { length: people },
      (_, n) =>
        `${n},p${n},Ada,Lovelace ${n},p${n}@example.org,Engineer,${n % 400},+49 30 ${100_000 + n},City ${n % 50},Joined\n`,
    );
    writeFileSync(join(folder, 'people.csv'), header + rows.join(''));
    writeFileSync(
      join(folder, 'rollcall.yaml'),
      `store: sqlite:rollcall.db
gates:
${GATES}
connections:
  hr:
    type: csv
    path: people.csv
    anchor: id
    owner: true
    import:
      person:
        project: true
        join: login
        attributes:
          login: login
          givenName: given
          familyName: family
          displayName: \${row.given + " " + row.family}
          employeeId: id
          mail: mail
          title: title
          departmentNumber: department
          phone: phone
          city: city
          description: description
  directory:
${connectionTo(server, folder, COPY)}
    export:
      person:
        provision: true
        dn: \${"uid=" + person.login + ",${COPY}"}
        attributes:
          uid: login
          cn: displayName
          givenName: givenName
          sn: familyName
          employeeNumber: employeeId
          mail: mail
          title: title
          departmentNumber: departmentNumber
          telephoneNumber: phone
          l: city
          description: description
`,
    );
    return {
      more: {},
      async limit() {
        const file = join(folder, 'new.ldif');
        writeFileSync(file, Array.from({ length: people }, (_, n) => personLdif(n, GROUPS)).join(''));
        return await secondsOf('ldapadd', server, ['-f', file], join(folder, 'out'));
      },
      remove: () => server.remove(),
    };
  },
  async run({ place, services: open }) {
    const services = await open();
    const first = await firstCycleOf(services);
    must(first.written === place.people, `all ${place.people} are written, not ${first.written}`);
    const quiet = await run({ profile: 'cycle', connections: null, by: 'bench' }, services);
    must(
      quiet.connections.every((one) => one.written === 0),
      'all of them are there, and as they should be',
    );
    return { seconds: first.exportSeconds, objects: place.people, rowsWritten: first.rowsWritten };
  },
};

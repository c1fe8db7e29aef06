/** A unit of a Samba domain controller as directories.ts has it. */
import type { SambaServer } from '../../scripts/servers/samba.ts';
import { proxyTo } from '../servers/proxy.ts';
import { edit, freshUnit } from '../servers/samba.ts';
import { type Directory, directoryYaml } from './directories.ts';

const PASSWORD = 'Long-enough-1';
const quoted = (text: string): string => Buffer.from(`"${text}"`, 'utf16le').toString('base64');

/** In a domain of the file's own: its account may do everything, and the server may be ended. */
export async function domain(server: SambaServer): Promise<Directory> {
  const { dn: unit } = await freshUnit(server);
  const people = `OU=people,${unit}`;
  const sync = `CN=sync-${unit.slice(3, 10)},CN=Users,${server.base}`;
  const units = [people, `OU=groups,${unit}`].map((dn) => `dn: ${dn}\nobjectClass: organizationalUnit\n\n`);
  const account = `dn: ${sync}\nobjectClass: user\nuserAccountControl: 512\nunicodePwd:: ${quoted(PASSWORD)}\n\n`;
  const admins = `dn: CN=Domain Admins,CN=Users,${server.base}\nchangetype: modify\nadd: member\nmember: ${sync}\n\n`;
  await edit(server, units.join('') + account + admins);
  const [person, group] = [(cn: string): string => `CN=${cn},${people}`, (cn: string): string => `CN=${cn},OU=groups,${unit}`];
  return {
    unit,
    people,
    person,
    group,
    account: {
      dn: person,
      person: '',
      attributes: 'sAMAccountName: employeeId',
      group: `sAMAccountName: '\${group.name + "-${unit.slice(3, 10)}"}'`,
      deprovision: '{ action: delete }',
    },
    admin: { url: server.ldaps, ...server.admin, caFile: server.caFile },
    proxy: () => proxyTo(server.ldaps, server),
    yaml: (settings) =>
      directoryYaml(
        { folder: server.folder, ldap: server.ldaps, sync: { dn: sync, password: PASSWORD } },
        { base: unit, timeoutSeconds: 10, ...settings },
      ),
    async populate(numbers) {
      const [first, second, third] = numbers as [string, string, string];
      const entry = (one: string): string =>
        `dn: ${person(one)}\nchangetype: add\nobjectClass: user\nemployeeNumber: ${one}\n${one === first ? '' : `manager: ${person(first)}\n`}\n`;
      const leader = `dn: ${person(first)}\nchangetype: modify\nadd: manager\nmanager: ${person(second)}\n\n`;
      const members = [second, third].map((one) => `member: ${person(one)}\n`).join('');
      const team = `dn: ${group('team')}\nchangetype: add\nobjectClass: group\n${members}\n`;
      await server.ldbmodify([...numbers.map(entry), leader, team].join(''));
    },
    change: (ldif) => edit(server, `${ldif}\n`),
    // The domain takes the last one for another hour.
    password(text) {
      const change = (to: string): string =>
        `dn: ${sync}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: ${quoted(to)}\n\n`;
      return edit(server, change('Between-2-of-them') + change(text ?? PASSWORD));
    },
  };
}

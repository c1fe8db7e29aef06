/** SEMANTICS 9 in real directories: whoever has the file that Rollcall wrote for a new account can sign in with what it says. */
import { readdir } from 'node:fs/promises';
import { afterEach, expect } from 'vitest';
import { startDs389, testOnDs389 } from '../servers/ds389.ts';
import { ldap } from '../servers/ldap-programs.ts';
import { freshUnit, sharedSamba, testOnSamba } from '../servers/samba.ts';
import { startSlapd, testOnSlapd } from '../servers/slapd.ts';
import { type Place, place } from './place.ts';

let here: Place;
afterEach(() => here.remove());

/** Of somebody hired, after the first contact: the file, and all that Rollcall printed and kept. */
async function hired(
  dir: { readonly bind: { readonly dn: string; readonly password: string }; readonly [setting: string]: unknown },
  account: object,
): Promise<{ told: { name: string; value: string }; everything: string }> {
  const gate = { percent: 100, count: 100 };
  here = await place(
    JSON.stringify({
      store: 'sqlite:rollcall.db',
      gates: { create: gate, update: gate },
      connections: {
        hr: {
          type: 'csv',
          path: 'hr.csv',
          anchor: 'id',
          owner: true,
          import: { person: { join: 'employeeId', project: true, attributes: { employeeId: 'id', displayName: 'name' } } },
        },
        dir: {
          type: 'ldap',
          ...dir,
          bind: { ...dir.bind, password: '${file:bind.txt}' },
          mode: 'on',
          import: { person: { join: 'displayName', attributes: { displayName: 'displayName' } } },
          export: { person: { provision: true, ...account } },
        },
      },
    }),
  );
  await here.write('bind.txt', dir.bind.password);
  await here.write('hr.csv', 'id,name\n7,Ada\n');
  const said: string[] = [];
  for (const argv of [
    ['run'],
    ['approve', 'dir', '--as', 'Ada', '--reason', 'looked at it'],
    ['run'],
    ['run'],
    ['explain', '7'],
  ]) {
    const { out, err } = await here.call(...argv);
    said.push(out, err);
  }
  const [file, ...others] = await readdir(here.path('secrets'));
  expect(others).toEqual([]);
  const told = JSON.parse(await here.read(`secrets/${file}`)) as { name: string; value: string };
  return { told, everything: [...said, await here.contents()].join('\n') };
}

const password = { generate: { length: 16 }, deliver: { file: 'secrets' } };

interface Server {
  readonly ldap: string;
  readonly ldaps: string;
  readonly caFile: string;
  readonly suffix: string;
  readonly sync: { readonly dn: string; readonly password: string };
}

async function letsIn({ ldap: url, ldaps, caFile, suffix, sync }: Server, more: object = {}): Promise<void> {
  const { told, everything } = await hired(
    { url: ldaps, tls: { ca: caFile }, bind: sync, base: suffix, ...more },
    {
      dn: `\${"uid=" + person.employeeId + ",${suffix}"}`,
      attributes: { cn: 'displayName', sn: 'displayName', displayName: 'displayName', password },
    },
  );
  await ldap('ldapsearch', { url, dn: told.name, password: told.value }, ['-b', '', '-s', 'base']);
  expect(everything).not.toContain(told.value);
}

testOnSlapd('OpenLDAP', async () => {
  await using server = await startSlapd();
  await letsIn(server);
});

testOnDs389('389 Directory Server', async () => {
  await using server = await startDs389();
  await letsIn(server, { deltas: 'none' });
});

testOnSamba('Active Directory: the account is enabled with it', async () => {
  const server = await sharedSamba();
  await using unit = await freshUnit(server);
  const { told, everything } = await hired(
    {
      url: server.ldaps,
      tls: { ca: server.caFile },
      bind: { dn: server.admin.upn, password: server.admin.password },
      base: unit.dn,
    },
    {
      dn: `\${"CN=" + person.displayName + ",${unit.dn}"}`,
      enabled: { attribute: 'enabled', on: true, off: false },
      attributes: { sAMAccountName: `\${"${unit.dn.slice(4, 12)}" + person.employeeId}`, displayName: 'displayName', password },
    },
  );
  const by = { url: server.ldaps, dn: told.name, password: told.value, caFile: server.caFile };
  await ldap('ldapsearch', by, ['-b', '', '-s', 'base']);
  expect(everything).not.toContain(told.value);
});

testOnSamba('Active Directory: another one is to be chosen at the first sign-in', async () => {
  const server = await sharedSamba();
  await using unit = await freshUnit(server);
  const by = { url: server.ldaps, ...server.admin, caFile: server.caFile };
  const { told } = await hired(
    {
      url: server.ldaps,
      tls: { ca: server.caFile },
      bind: { dn: server.admin.upn, password: server.admin.password },
      base: unit.dn,
    },
    {
      dn: `\${"CN=" + person.displayName + ",${unit.dn}"}`,
      enabled: { attribute: 'enabled', on: true, off: false },
      attributes: {
        sAMAccountName: `\${"${unit.dn.slice(4, 12)}" + person.employeeId}`,
        displayName: 'displayName',
        pwdLastSet: { value: '${"0"}', strength: 'onCreate' },
        password,
      },
    },
  );
  const shown = await ldap('ldapsearch', by, ['-b', told.name, '-s', 'base', 'pwdLastSet', 'userAccountControl']);
  expect(shown).toMatch(/^pwdLastSet: 0$/m);
  expect(shown).toMatch(/^userAccountControl: 512$/m);
});

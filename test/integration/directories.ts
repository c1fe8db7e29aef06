/** What tests with a real directory share: a unit of their own in it, and the connection of rollcall.yaml that has it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagedRow } from '#store/contract';
import type { SlapdServer } from '../../scripts/servers/slapd.ts';
import { ldap as program } from '../servers/ldap-programs.ts';
import { addedTo } from '../servers/ldap-system.ts';
import type { Firm } from './firm.ts';
import { unlimited } from './hr-and-directory.ts';

export const NO_GATES: string = `gates: { ${unlimited('create', 'update', 'delete', 'disable', 'unlink', 'attribute', 'empty', 'member')} }`;

let units = 0;
/** An organizationalUnit with `ou=people` and `ou=groups` in it. */
export async function newUnit(server: SlapdServer): Promise<string> {
  const unit = `ou=unit${++units},${server.suffix}`;
  const all = [unit, `ou=people,${unit}`, `ou=groups,${unit}`];
  await addedTo(server, ...all.map((dn) => `dn: ${dn}\nobjectClass: organizationalUnit\n`));
  return unit;
}

/** Lines of a connection, with the account `sync` unless another is given. */
export async function directoryYaml(server: SlapdServer, more: { readonly [setting: string]: unknown }): Promise<string> {
  const password = join(server.folder, 'sync.password');
  await writeFile(password, server.sync.password);
  const bind = { dn: server.sync.dn, password: `\${file:${password}}` };
  const settings = { url: server.ldap, bind, timeoutSeconds: 1, ...more };
  return Object.entries(settings)
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** DN → first values of what is below a name now, by another program than Rollcall. */
export async function entriesBelow(
  server: SlapdServer,
  base: string,
  filter = '(objectClass=*)',
): Promise<ReadonlyMap<string, string>> {
  const by = { url: server.ldap, ...server.admin };
  const text = await program('ldapsearch', by, ['-b', base, filter, '*', 'entryUUID']);
  const entries = text.split('\n\n').filter((entry) => entry.startsWith('dn:'));
  return new Map(
    entries.map((entry) => {
      const [dn, ...lines] = entry.trim().split('\n');
      return [dn!.slice(4), lines.sort().join('\n')];
    }),
  );
}

/** The names, in the store, of everybody who is in the directory, by entryUUID; who is not staged, or is not there, is told. */
export async function stagedNames(
  { store }: Firm,
  connection: string,
  entries: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const out = new Map<string, string>();
  const anchors = [...entries].map(([dn, text]) => [/^entryUUID: (.*)$/m.exec(text)![1]!, dn] as const);
  const rows: readonly StagedRow[] = await store.spaces.byAnchors(
    connection,
    'person',
    anchors.map(([anchor]) => anchor),
  );
  for (const row of rows) out.set(row.anchor!, row.presence === 'present' ? row.name! : `${row.presence}: ${row.name}`);
  return new Map(anchors.map(([anchor, dn]) => [dn, out.get(anchor) ?? 'nowhere']));
}

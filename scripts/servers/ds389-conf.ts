/**
 * The configuration of a 389 Directory Server for tests: the package's template, filled in as its own installer fills it, but with every path
 * below one folder. So it does without that installer, which writes into /etc and /var and asks systemd.
 */
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Account } from './slapd.ts';

export interface Shape {
  readonly folder: string;
  readonly suffix: string;
  readonly admin: Account;
  readonly sync: Account;
}

const TEMPLATE = '/usr/share/dirsrv/data/template-dse.ldif';
/** The package's own, by the names that they have in a server's folder. */
const GIVEN: { readonly [name: string]: string } = {
  'slapd-collations.conf': '/etc/dirsrv/config/slapd-collations.conf',
  'certmap.conf': '/etc/dirsrv/config/certmap.conf',
  'schema/99user.ldif': '/etc/dirsrv/schema/99user.ldif',
};
const FOLDERS = ['db', 'log', 'run', 'lock', 'ldif', 'bak', 'tmp'];

/** Off in the template. `Content Synchronization` is syncrepl (RFC 4533), which the retro changelog feeds. */
const PLUGINS: { readonly [name: string]: readonly string[] } = {
  'MemberOf Plugin': ['memberOfAutoAddOC: nsMemberOf'],
  'referential integrity postoperation': ['referint-membership-attr: manager'],
  'Retro Changelog Plugin': ['nsslapd-attribute: nsuniqueid:targetUniqueId'],
  'Content Synchronization': [],
};

/** `config` is the folder which ns-slapd is started with. */
export function writeConf(shape: Shape, config: string, host: string): void {
  for (const name of FOLDERS) mkdirSync(join(shape.folder, name));
  mkdirSync(join(config, 'schema'), { recursive: true });
  for (const [name, from] of Object.entries(GIVEN)) copyFileSync(from, join(config, name));
  writeFileSync(join(config, 'dse.ldif'), dse(shape, config, host), { mode: 0o600 });
}

/** The ports are set later (`setPorts`). */
function dse({ folder, suffix, admin }: Shape, config: string, host: string): string {
  const at = (name: string): string => join(folder, name);
  const values: { readonly [name: string]: string } = {
    bak_dir: at('bak'),
    cert_dir: config,
    config_dir: config,
    db_dir: at('db'),
    db_home_dir: at('db'),
    db_lib: 'bdb',
    ds_passwd: salted(admin.password),
    ds_port: '0',
    ds_suffix: suffix,
    ds_user: userInfo().username,
    fqdn: 'localhost',
    inst_dir: folder,
    ldapi: at('run/ldapi'),
    ldapi_autobind: 'off',
    ldapi_enabled: 'off',
    ldif_dir: at('ldif'),
    lock_dir: at('lock'),
    log_dir: at('log'),
    rootdn: admin.dn,
    run_dir: at('run'),
    schema_dir: join(config, 'schema'),
    tmp_dir: at('tmp'),
  };
  const filled = readFileSync(TEMPLATE, 'utf8').replace(/%(\w+)%/g, (_, name: string) => values[name]!);
  const entries = filled
    .trim()
    .split(/\n\n+/)
    .map((entry) => {
      if (entry.startsWith('dn: cn=config\n'))
        return [
          entry,
          `nsslapd-listenhost: ${host}`,
          `nsslapd-securelistenhost: ${host}`,
          'nsslapd-security: on',
          'nsslapd-secureport: 0',
        ].join('\n');
      // Left to itself it takes a quarter of the machine's memory.
      if (entry.startsWith('dn: cn=config,cn=ldbm database'))
        return [entry, 'nsslapd-cache-autosize: 0', 'nsslapd-dbcachesize: 16777216'].join('\n');
      const plugin = Object.keys(PLUGINS).find((name) => entry.startsWith(`dn: cn=${name},`));
      if (plugin === undefined) return entry;
      return [entry.replace('pluginenabled: off', 'pluginenabled: on'), ...PLUGINS[plugin]!].join('\n');
    });
  const backend = [
    'dn: cn=userRoot,cn=ldbm database,cn=plugins,cn=config',
    ...['top', 'extensibleObject', 'nsBackendInstance'].map((name) => `objectClass: ${name}`),
    'cn: userRoot',
    `nsslapd-suffix: ${suffix}`,
  ];
  const tree = [
    `dn: cn="${suffix}",cn=mapping tree,cn=config`,
    ...['top', 'extensibleObject', 'nsMappingTree'].map((name) => `objectClass: ${name}`),
    `cn: ${suffix}`,
    'nsslapd-state: backend',
    'nsslapd-backend: userRoot',
  ];
  return `${[...entries, backend.join('\n'), tree.join('\n')].join('\n\n')}\n`;
}

/** Before the first start. */
export function setPorts(config: string, plain: number, tls: number): void {
  const file = join(config, 'dse.ldif');
  const text = readFileSync(file, 'utf8');
  const changed = text
    .replace(/^nsslapd-port: .*$/m, `nsslapd-port: ${plain}`)
    .replace(/^nsslapd-secureport: .*$/m, `nsslapd-secureport: ${tls}`);
  writeFileSync(file, changed);
}

/** As its own tools store a password that need not be strong: it is random. */
function salted(password: string): string {
  const salt = randomBytes(8);
  const hash = createHash('sha1').update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([hash, salt]).toString('base64')}`;
}

/** The suffix's own entry, with what the account may do, and the account. */
export function firstEntries({ suffix, sync }: Shape): string {
  const [type, value] = suffix.split(',')[0]!.split('=') as [string, string];
  const classes: { readonly [type: string]: string } = { dc: 'domain', o: 'organization', ou: 'organizationalUnit' };
  const limits = ['nsSizeLimit', 'nsLookThroughLimit', 'nsPagedSizeLimit', 'nsPagedLookThroughLimit', 'nsTimeLimit'];
  return [
    `dn: ${suffix}`,
    'objectClass: top',
    `objectClass: ${classes[type.toLowerCase()]}`,
    `${type}: ${value}`,
    `aci: (targetattr="*")(version 3.0; acl "sync"; allow (all) userdn="ldap:///${sync.dn}";)`,
    '',
    `dn: ${sync.dn}`,
    'objectClass: organizationalRole',
    'objectClass: simpleSecurityObject',
    `userPassword: ${sync.password}`,
    ...limits.map((name) => `${name}: -1`),
    '',
  ].join('\n');
}

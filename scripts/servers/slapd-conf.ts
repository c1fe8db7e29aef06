/** slapd.conf(5) of a server for tests, and the entries that are there from the beginning. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Signed } from './certificates.ts';
import type { Account, Overlay, SlapdOptions } from './slapd.ts';

export interface Shape {
  readonly folder: string;
  readonly suffixes: readonly string[];
  readonly overlays: readonly Overlay[];
  readonly admin: Account;
  readonly sync: Account;
  readonly pager: Account;
  readonly ca: string;
  readonly server: Signed;
  readonly options: SlapdOptions;
}

export const OVERLAYS: readonly Overlay[] = ['memberof', 'refint', 'unique', 'ppolicy', 'syncprov', 'accesslog'];
export const LOG_SUFFIX = 'cn=accesslog';

/** Where Debian and others keep modules and schemas. */
const MODULES = ['/usr/lib/ldap', '/usr/lib64/openldap', '/usr/lib/openldap', '/usr/libexec/openldap'];
const SCHEMAS = ['/etc/ldap/schema', '/etc/openldap/schema'];

const folderOf = (what: string, folders: readonly string[]): string => {
  const found = folders.find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`no ${what} of OpenLDAP in ${folders.join(', ')}`);
  return found;
};

/** Groups of the Planet Express directory, which come from Active Directory. */
const GROUP = [
  "attributetype ( 1.2.840.113556.1.4.750 NAME 'groupType' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )",
  "objectclass ( 1.2.840.113556.1.5.8 NAME 'Group' SUP top STRUCTURAL MUST cn MAY ( member $ description $ ou $ groupType ) )",
];

export function slapdConf(shape: Shape): string {
  const { folder, overlays, sync, ca, server, options } = shape;
  const schemas = folderOf('schemas', SCHEMAS);
  const log = overlays.includes('accesslog');
  return [
    ...['core', 'cosine', 'inetorgperson'].map((name) => `include ${join(schemas, name)}.schema`),
    ...GROUP,
    `modulepath ${folderOf('modules', MODULES)}`,
    ...['back_mdb', ...overlays].map((name) => `moduleload ${name}`),
    `pidfile ${join(folder, 'pid')}`,
    `TLSCACertificateFile ${ca}`,
    `TLSCertificateFile ${server.cert}`,
    `TLSCertificateKeyFile ${server.key}`,
    'TLSVerifyClient try',
    `authz-regexp "^cn=sync,o=rollcall tests$" "${sync.dn}"`,
    `sizelimit ${options.sizeLimit ?? 500}`,
    ...(options.serverLines ?? []),
    ...(log ? accessLog(shape) : []),
    ...shape.suffixes.flatMap((suffix, at) => database(shape, suffix, at)),
    '',
  ].join('\n');
}

/** Unless it is to, nothing outlives the machine: what a killed server had written is in its files all the same. */
const mdb = (shape: Shape, suffix: string, name: string): string[] => [
  'database mdb',
  `suffix "${suffix}"`,
  `directory ${join(shape.folder, 'db', name)}`,
  'maxsize 1073741824',
  ...(shape.options.durable ? [] : ['dbnosync']),
  `rootdn "${shape.admin.dn}"`,
  ...(suffix === shape.suffixes[0] ? [`rootpw ${shape.admin.password}`] : []),
];

function accessLog(shape: Shape): string[] {
  return [
    ...mdb(shape, LOG_SUFFIX, 'log'),
    'index entryCSN,entryUUID,objectClass,reqEnd,reqResult,reqStart,reqDN eq',
    `access to * by dn.exact="${shape.sync.dn}" read`,
    `limits dn.exact="${shape.sync.dn}" size=unlimited time=unlimited`,
    'overlay syncprov',
    'syncprov-nopresent TRUE',
    'syncprov-reloadhint TRUE',
  ];
}

function database(shape: Shape, suffix: string, at: number): string[] {
  const { overlays, sync, pager, options } = shape;
  const log = at === 0 && overlays.includes('accesslog');
  const lines: { readonly [name in Overlay]: readonly string[] } = {
    memberof: [
      `memberof-group-oc ${options.groupClass ?? 'groupOfNames'}`,
      'memberof-member-ad member',
      'memberof-refint TRUE',
      'memberof-dangling ignore',
    ],
    refint: ['refint_attributes manager owner member'],
    unique: [`unique_uri "ldap:///${suffix}?uid?sub"`, `unique_uri "ldap:///${suffix}?mail?sub"`],
    ppolicy: [],
    syncprov: [
      'syncprov-checkpoint 100 10',
      log ? `syncprov-sessionlog-source ${LOG_SUFFIX}` : `syncprov-sessionlog ${options.sessionLog ?? 1000}`,
    ],
    accesslog: [`logdb ${LOG_SUFFIX}`, 'logops writes', 'logold (objectClass=*)', 'logoldattr mail uid cn sn', 'logsuccess TRUE'],
  };
  return [
    ...mdb(shape, suffix, `${at}`),
    `index objectClass,entryCSN,entryUUID,cn,sn,uid,mail,member${overlays.includes('memberof') ? ',memberOf' : ''} eq`,
    // Of rules about the same thing the first one holds.
    ...(at === 0 ? (options.lines ?? []) : []),
    `access to attrs=userPassword by dn.exact="${sync.dn}" ${options.mayNotSetPasswords ? 'read' : 'manage'} by self write by anonymous auth`,
    `access to * by dn.exact="${sync.dn}" manage by users read`,
    `limits dn.exact="${sync.dn}" size=unlimited time=unlimited`,
    `limits dn.exact="${pager.dn}" ${options.pagerLimits ?? 'size.soft=10 size.hard=50 size.pr=7 size.prtotal=unlimited'}`,
    ...OVERLAYS.filter((name) => overlays.includes(name) && (name !== 'accesslog' || log)).flatMap((name) => [
      `overlay ${name}`,
      ...lines[name],
    ]),
  ];
}

/** The suffix's own entry; below the first one the accounts as well. */
export function firstEntries(shape: Shape, suffix: string): string {
  const [type, value] = suffix.split(',')[0]!.split('=') as [string, string];
  const of: { readonly [type: string]: string } = {
    dc: 'objectClass: organization\nobjectClass: dcObject\no: Rollcall tests',
    o: 'objectClass: organization',
    ou: 'objectClass: organizationalUnit',
  };
  const first = `dn: ${suffix}\n${of[type.toLowerCase()]}\n${type}: ${value}\n`;
  if (suffix !== shape.suffixes[0]) return first;
  return [first, ...[shape.sync, shape.pager].map(account)].join('\n');
}

const account = ({ dn, password }: Account): string =>
  `dn: ${dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nuserPassword: ${password}\n`;

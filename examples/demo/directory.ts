/**
 * The directory as it has grown: nobody told it about leavers, titles are years old, some people have two accounts, and
 * some accounts belong to nobody.
 */
import { type Random, random } from './random.ts';
import type { Person } from './staff.ts';

export interface Account {
  readonly uid: string;
  readonly attributes: readonly (readonly [name: string, value: string | Uint8Array])[];
}
export interface Group {
  readonly cn: string;
  readonly members: readonly string[];
}
export interface Directory {
  readonly accounts: readonly Account[];
  readonly groups: readonly Group[];
}

export const BASE = 'dc=example,dc=org';
const dn = (uid: string): string => `uid=${uid},ou=people,${BASE}`;
const plain = (text: string): string => text.toLowerCase().replace(/[^a-z-]/g, '');

/** First letter and family name, as accounts were named in the old days; a counter where two would be the same. */
export function uids(staff: readonly Person[]): readonly string[] {
  const taken = new Set<string>();
  return staff.map(({ name }) => {
    const base = (
      name.familyAscii === '' ? plain(name.givenAscii) : plain(name.givenAscii).slice(0, 1) + plain(name.familyAscii)
    ).slice(0, 16);
    let uid = base;
    for (let n = 2; taken.has(uid); n++) uid = `${base}${n}`;
    taken.add(uid);
    return uid;
  });
}

export function mailOf(staff: readonly Person[], index: number): string {
  const { name, employeeId } = staff[index]!;
  const local = [plain(name.givenAscii), plain(name.familyAscii)].filter((part) => part !== '').join('.');
  const first = staff.findIndex(
    (other) => other.name.givenAscii === name.givenAscii && other.name.familyAscii === name.familyAscii,
  );
  return `${local}${first === index ? '' : employeeId.slice(-4)}@example.org`;
}

export function makeDirectory(seed: number, staff: readonly Person[]): Directory {
  const chance = random(seed ^ 0x5eed);
  const uid = uids(staff);
  const known = new Map(staff.map((person, index) => [person.employeeId, index]));
  const has = staff.map(
    (person, index) => person.status === 'past' || (person.status === 'active' && (index < 30 || chance.chance(0.87))),
  );
  const managerDn = (person: Person): string | undefined => {
    const index = known.get(person.managerId);
    return index === undefined || !has[index] ? undefined : dn(uid[index]!);
  };
  const accounts: Account[] = [];
  staff.forEach((person, index) => {
    if (!has[index]) return;
    accounts.push({
      uid: uid[index]!,
      attributes: entry(chance, staff, index, uid[index]!, managerDn(person), dn(uid[1 + chance.below(8)]!)),
    });
    // A second account from before somebody changed departments, never cleaned up.
    if (index % 70 === 35) {
      const second = `${uid[index]!}-old`;
      accounts.push({ uid: second, attributes: entry(chance, staff, index, second, undefined, undefined) });
    }
  });
  accounts.push(...strangers(), ...services());
  const staffed = staff.flatMap((person, index) =>
    has[index] && person.status === 'active' ? [{ person, member: dn(uid[index]!) }] : [],
  );
  const departments = [...new Set(staffed.map((one) => one.person.contracts[0]!.department))].sort();
  const groups = [
    ...departments.map((name) => ({
      cn: name.toLowerCase(),
      members: staffed.filter((one) => one.person.contracts[0]!.department === name).map((one) => one.member),
    })),
    { cn: 'all-staff', members: staffed.map((one) => one.member) },
    {
      cn: 'vpn-users',
      members: [
        ...chance
          .shuffle(staffed)
          .slice(0, 60)
          .map((one) => one.member),
        dn('svc-backup'),
        dn('long-gone'),
      ],
    },
  ];
  return { accounts: chance.shuffle(accounts), groups };
}

function entry(
  chance: Random,
  staff: readonly Person[],
  index: number,
  uid: string,
  right: string | undefined,
  wrong: string | undefined,
): Account['attributes'] {
  const person = staff[index]!;
  const { given, family } = person.name;
  const shown = [given, family].filter((part) => part !== '').join(' ');
  const old = uid.endsWith('-old');
  const title = person.contracts[0]!.title;
  const manager = chance.chance(0.06) ? wrong : right;
  const mail = old ? `${uid}@example.org` : mailOf(staff, index);
  const list: (readonly [string, string | Uint8Array | undefined])[] = [
    ['uid', uid],
    ['cn', shown],
    ['sn', family === '' ? given : family],
    ['givenName', given],
    ['displayName', chance.chance(0.05) ? shown.toUpperCase() : shown],
    ['mail', chance.chance(0.05) ? mail.toUpperCase() : mail],
    // Older accounts never got the number: they are found by their mail.
    ['employeeNumber', old || index % 12 !== 7 ? person.employeeId : undefined],
    ['title', chance.chance(0.13) ? `Junior ${title}` : title],
    ['ou', person.contracts[0]!.department],
    ['manager', manager],
    ['mobile', chance.chance(0.1) ? `+49 170 ${String(10_000_000 + chance.below(89_999_999))}` : person.mobile],
    ['jpegPhoto', index % 15 === 3 ? photo(person.employeeId) : undefined],
    // Three of the fifteen who left were switched off at the time.
    ['nsAccountLock', person.status === 'past' && index % 5 === 0 ? 'TRUE' : 'FALSE'],
  ];
  return list.filter((pair): pair is readonly [string, string | Uint8Array] => pair[1] !== undefined);
}

/** Accounts nobody in HR knows: former partners, a test user. They are reported and left alone. */
function strangers(): Account[] {
  return ['partner-acme', 'partner-initech', 'temp-fair', 'test-user', 'jdoe-ext', 'auditor-1', 'auditor-2', 'intern-2019'].map(
    (uid) => ({
      uid,
      attributes: [
        ['uid', uid],
        ['cn', uid],
        ['sn', uid],
        ['mail', `${uid}@partners.example.net`],
        ['nsAccountLock', 'FALSE'],
      ],
    }),
  );
}

function services(): Account[] {
  return ['backup', 'ci', 'monitoring', 'mailer', 'ldap-sync', 'printer', 'scanner', 'vpn', 'wiki'].map((what) => ({
    uid: `svc-${what}`,
    attributes: [
      ['uid', `svc-${what}`],
      ['cn', `Service ${what}`],
      ['sn', what],
      ['employeeType', 'service'],
      ['nsAccountLock', 'FALSE'],
    ],
  }));
}

/** A whole JPEG of one grey pixel, with the owner's number in its comment so that no two are the same. */
export function photo(comment: string): Uint8Array {
  const pixel = Buffer.from(
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
    'base64',
  );
  const text = Buffer.from(comment, 'latin1');
  const segment = Buffer.from([0xff, 0xfe, 0, text.length + 2, ...text]);
  return Buffer.concat([pixel.subarray(0, 20), segment, pixel.subarray(20)]);
}

/** RFC 2849: base64 where the text is not plain ASCII or starts oddly, lines folded at 76. */
export function directoryFile(directory: Directory): string {
  const line = (name: string, value: string | Uint8Array): string => {
    const safe = typeof value === 'string' && /^[!-9;=-~][ -~]*$/.test(value) && !value.endsWith(' ');
    const text = safe ? `${name}: ${value}` : `${name}:: ${Buffer.from(value as string).toString('base64')}`;
    return `${text.slice(0, 76)}${(text.slice(76).match(/.{1,75}/g) ?? []).map((part) => `\n ${part}`).join('')}\n`;
  };
  const record = (name: string, classes: readonly string[], attributes: Account['attributes']): string =>
    [
      line('dn', name),
      ...classes.map((one) => line('objectClass', one)),
      ...attributes.map(([key, value]) => line(key, value)),
    ].join('');
  const units = ['people', 'groups'].map((ou) => record(`ou=${ou},${BASE}`, ['top', 'organizationalUnit'], [['ou', ou]]));
  const people = directory.accounts.map((one) =>
    record(dn(one.uid), ['top', 'person', 'organizationalPerson', 'inetOrgPerson'], one.attributes),
  );
  const groups = directory.groups.map((group) =>
    record(
      `cn=${group.cn},ou=groups,${BASE}`,
      ['top', 'groupOfNames'],
      [['cn', group.cn], ...group.members.map((member): readonly [string, string] => ['member', member])],
    ),
  );
  const root = record(BASE, ['top', 'domain'], [['dc', 'example']]);
  return `version: 1\n\n${[root, ...units, ...people, ...groups].join('\n')}`;
}

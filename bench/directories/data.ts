/** People and groups of a directory as LDIF: the same for the same numbers. */

export const SUFFIX = 'dc=example,dc=org';
export const PEOPLE: string = `ou=people,${SUFFIX}`;
export const GROUPS: string = `ou=groups,${SUFFIX}`;
/** Empty: what is written to a directory is made here. */
export const COPY: string = `ou=copy,${SUFFIX}`;

const GIVEN = ['Ada', 'Zoë', 'Åsa', 'José', 'Иван', '美咲', 'Noor', 'Siobhán'];
const FAMILY = ['Lovelace', 'Çelik', 'Ångström', 'Muñoz', 'Иванов', '田中', 'Öztürk', 'Ní Bhriain'];
const pick = (list: readonly string[], n: number): string => list[n % list.length]!;

/** Text that LDIF cannot hold as it is goes as base64 (RFC 2849). */
const line = (name: string, value: string): string =>
  /^[ -~]*$/.test(value) ? `${name}: ${value}\n` : `${name}:: ${Buffer.from(value, 'utf8').toString('base64')}\n`;

const unit = (dn: string): string => `dn: ${dn}\nobjectClass: organizationalUnit\nou: ${dn.slice(3, dn.indexOf(','))}\n\n`;

export const personDn = (n: number, base: string = PEOPLE): string => `uid=p${n},${base}`;

export function personLdif(n: number, base: string = PEOPLE): string {
  return `dn: ${personDn(n, base)}\nobjectClass: inetOrgPerson\nuid: p${n}\n${aboutPerson(n, 'cn')}`;
}

/** `called`: the attribute of the whole name. */
export function aboutPerson(n: number, called: string): string {
  const [given, family] = [pick(GIVEN, n), `${pick(FAMILY, n >> 3)} ${n}`];
  return [
    line(called, `${given} ${family}`),
    line('givenName', given),
    line('sn', family),
    `employeeNumber: ${n}\nmail: p${n}@example.org\ntitle: Engineer ${n % 17}\n`,
    `departmentNumber: ${n % 400}\ntelephoneNumber: +49 30 ${100_000 + n}\nl: City ${n % 50}\n`,
    `description: Joined in ${1980 + (n % 45)}, works on project ${n % 1000}\n\n`,
  ].join('');
}

export function* ldifOf(people: number): Iterable<string> {
  yield unit(PEOPLE) + unit(GROUPS) + unit(COPY);
  for (let from = 0; from < people; from += 1000) {
    let text = '';
    for (let n = from; n < Math.min(people, from + 1000); n++) text += personLdif(n);
    yield text;
  }
}

/** The first people, as a group has them. */
export const membersLdif = (members: number, dnOf: (n: number) => string): string =>
  Array.from({ length: members }, (_, n) => `member: ${dnOf(n)}\n`).join('');

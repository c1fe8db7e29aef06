/** `scim` of the file: what applications read at base URLs of their own, checked against the attributes that there are. */
import { RollcallError } from '#core/errors';
import type { Role } from '#core/roles';
import { nearest } from '#core/text';
import type { Kind } from '#core/values';
import { compileFilter } from '#protocols/scim/filter/compile';
import { asksOf } from '#protocols/scim/filter/members';
import { parseFilter } from '#protocols/scim/filter/parse';
import { type MappedExtension, type Mapping, mappedType } from '#protocols/scim/mapped';
import type { KindRules, MetaAttribute } from '#rules/model';
import type { Collector } from './collect.ts';
import type { Path } from './document.ts';
import type { Named } from './written.ts';

export interface ServedType {
  readonly name: 'User' | 'Group';
  readonly kind: Kind;
  /** `writable` is not said here. */
  readonly mappings: readonly Mapping[];
  readonly extensions: readonly MappedExtension[];
  /** The attribute that holds the members of a group; null = none are shown. */
  readonly members: string | null;
  /** As it is written; null = everybody. */
  readonly filter: string | null;
}

export interface ServedConfig {
  /** At least one. */
  readonly types: readonly ServedType[];
  /** With whose rights applications write; null = they only read. */
  readonly write: Role | null;
}

interface WrittenType {
  readonly kind?: string;
  readonly attributes?: Named<string | false>;
  readonly usual?: boolean;
  readonly filter?: string;
}

export interface WrittenServed {
  readonly users?: WrittenType | false;
  readonly groups?: WrittenType | false;
  readonly extensions?: readonly (MappedExtension & { readonly of?: 'User' | 'Group' })[];
  readonly write?: boolean | Role;
}

type Usual = readonly (readonly [to: string, ...from: string[]])[];

/** Where attributes stand unless the file says otherwise: the first of these that anything fills. */
const USUAL: { readonly [type in ServedType['name']]: Usual } = {
  User: [
    ['userName', 'login'],
    ['displayName', 'displayName'],
    ['name.givenName', 'givenName'],
    ['name.familyName', 'familyName'],
    ['name.middleName', 'middleName'],
    ['name.honorificPrefix', 'honorific'],
    ['emails.work', 'mail'],
    ['phoneNumbers.work', 'phone'],
    ['phoneNumbers.mobile', 'mobile'],
    ['phoneNumbers.fax', 'fax'],
    ['title', 'title'],
    ['userType', 'employeeType'],
    ['preferredLanguage', 'language'],
    ['timezone', 'timeZone'],
    ['addresses.work.streetAddress', 'street'],
    ['addresses.work.locality', 'city'],
    ['addresses.work.region', 'region'],
    ['addresses.work.postalCode', 'postalCode'],
    ['addresses.work.country', 'country'],
    ['enterprise.employeeNumber', 'employeeId'],
    ['enterprise.costCenter', 'costCentre'],
    ['enterprise.organization', 'company'],
    ['enterprise.division', 'division'],
    ['enterprise.department', 'department'],
    ['enterprise.manager', 'manager'],
  ],
  Group: [
    ['displayName', 'displayName', 'name'],
    ['members', 'member'],
  ],
};
const MEMBERS = 'members';

/** Faults are reported; what is answered then is of no use. */
export function readServed(
  written: Named<WrittenServed | null> | undefined,
  kinds: ReadonlyMap<Kind, KindRules>,
  connections: readonly string[],
  collect: Collector,
): ReadonlyMap<string, ServedConfig> {
  const out = new Map<string, ServedConfig>();
  for (const [name, node] of Object.entries(written ?? {})) {
    if (connections.includes(name))
      collect.fault(['scim', name], 'key', 'a connection has this name', 'choose another: both are base URLs of SCIM');
    const { users = {}, groups = {}, write = false } = node ?? {};
    const types = [typeOf('User', users, name, node, kinds, collect), typeOf('Group', groups, name, node, kinds, collect)];
    const served = types.filter((one) => one !== null);
    if (served.length === 0 && !collect.isFaulty(['scim', name]))
      collect.fault(['scim', name], 'value', 'nothing is served', 'let a connection fill attributes, or name them under users');
    out.set(name, { types: served, write: write === true ? 'administrator' : write === false ? null : write });
  }
  return out;
}

function typeOf(
  type: ServedType['name'],
  written: WrittenType | false,
  name: string,
  node: WrittenServed | null,
  kinds: ReadonlyMap<Kind, KindRules>,
  collect: Collector,
): ServedType | null {
  if (written === false) return null;
  const path = ['scim', name, type === 'User' ? 'users' : 'groups'];
  const kind = written.kind ?? (type === 'User' ? 'person' : 'group');
  const rules = kinds.get(kind);
  if (rules === undefined) {
    collect.fault([...path, 'kind'], 'value', `there is no kind ${kind}`, `kinds: ${[...kinds.keys()].join(', ')}`);
    return null;
  }
  const places = placesOf(type, written, rules, path, collect);
  const members = places.get(MEMBERS);
  places.delete(MEMBERS);
  if (members !== undefined && !(members.type === 'reference' && members.multi))
    collect.fault(
      [...path, 'attributes', MEMBERS],
      'value',
      `${members.name} does not refer to many`,
      'name one that does, such as member',
    );
  const mappings = [...places].map(([to, attribute]) => mappingOf(to, attribute));
  const extensions = (node?.extensions ?? []).filter(({ of = 'User' }) => of === type);
  const served = { name: type, kind, mappings, extensions, members: members?.name ?? null, filter: written.filter ?? null };
  // Whoever says nothing of groups, and has none, serves none.
  if (mappings.length === 0 && members === undefined) return null;
  check(served, path, name, collect);
  return served;
}

function placesOf(
  type: ServedType['name'],
  { attributes = {}, usual = true }: WrittenType,
  { kind, attributes: known }: KindRules,
  path: Path,
  collect: Collector,
): Map<string, MetaAttribute> {
  const places = new Map<string, MetaAttribute>();
  for (const [to, ...from] of usual ? USUAL[type] : []) {
    if (Object.hasOwn(attributes, to)) continue;
    const attribute = from.flatMap((one) => known.get(one) ?? []).find((one) => isFilled(one) && isSeen(one));
    if (attribute !== undefined) places.set(to, attribute);
  }
  for (const [to, from] of Object.entries(attributes)) {
    const at = [...path, 'attributes', to];
    const attribute = from === false ? undefined : known.get(from);
    if (attribute !== undefined) places.set(to, attribute);
    else if (from !== false) {
      const meant = nearest(from, known.keys());
      const remedy = meant === null ? 'declare it under attributes' : `did you mean ${meant}?`;
      collect.fault(at, 'value', `there is no ${kind} attribute ${from}`, remedy);
    } else if (!usual || !USUAL[type].some(([one]) => one === to))
      collect.fault(at, 'key', 'this is no usual attribute', 'leave it out: only a usual one can be taken away');
  }
  return places;
}

function isFilled({ rank, unique }: MetaAttribute): boolean {
  return rank.length > 0 || unique !== null;
}

/** Who sees it was not narrowed. */
function isSeen({ field }: MetaAttribute): boolean {
  return (['administrator', 'operator', 'auditor'] as const).every((role) => field.see.includes(role));
}

function mappingOf(to: string, { name, label, type, multi, matching, unique }: MetaAttribute): Mapping {
  const exact = matching === 'exact';
  return { to, from: name, type, multi, exact, unique: unique !== null, description: label ?? name, writable: false };
}

/** What only shows once the schemas are made of it. */
function check({ name: type, mappings, extensions, filter }: ServedType, path: Path, name: string, collect: Collector): void {
  const unnamed = mappings.find(({ to }) => collect.isFaulty([...path, 'attributes', to]));
  if (unnamed !== undefined) return;
  try {
    const mapped = mappedType(type, mappings, extensions, ['active', 'groups', 'members']);
    const condition = filter === null ? null : compileFilter(parseFilter(filter), mapped.type, { unknown: 'error' });
    if (condition !== null && (asksOf(condition, 'groups') || asksOf(condition, 'members')))
      throw new TypeError('who is served is not decided by groups and members');
  } catch (error) {
    if (error instanceof RollcallError) {
      const { attribute } = error.where;
      collect.fault(
        attribute === undefined ? ['scim', name, 'extensions'] : [...path, 'attributes', attribute],
        'value',
        error.message,
        error.remedy,
      );
    } else collect.fault([...path, 'filter'], 'value', (error as Error).message, 'write it as in a request: active eq true');
  }
}

/** Bases that do not go all the way down: what lies deeper is not shown, what moves deeper is gone, and what moves up comes. */
import { describe, expect, it } from 'vitest';
import { RollcallError } from '#core/errors';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import {
  addedTo,
  changedIn,
  configOf,
  namesOf,
  personLdif,
  type Read,
  type System,
  systemOn,
} from '../../../test/servers/ldap-system.ts';
import { slapdOfFile, testOnSlapd } from '../../../test/servers/slapd.ts';
import { ldapConfig } from './config.ts';

const logged = slapdOfFile();
const unlogged = slapdOfFile({ overlays: ['syncprov'], sessionLog: 100 });

/** Names of who is known to somebody who takes the changes, and reads in full where there is no other way. */
function followed(system: System): () => Promise<readonly string[]> {
  const known = new Map<string, string>();
  let cursor: string | null = null;
  const changes = async (): Promise<Read | null> => {
    if (cursor === null) return null;
    return system.since(cursor).catch((error: unknown) => {
      if (error instanceof RollcallError && error.kind === 'conflict') return null;
      throw error;
    });
  };
  return async () => {
    let read = await changes();
    if (read === null) {
      known.clear();
      cursor = await system.connection.read!.cursor!();
      read = await system.full();
    } else cursor = read.end!.next!;
    expect(read.end).toMatchObject({ complete: true });
    for (const one of read.objects)
      if (one.op === 'delete') known.delete(one.anchor);
      else known.set(one.anchor, one.name!);
    return [...known.values()].sort();
  };
}

const WAYS = [
  ['syncrepl', logged, 'with a log of writes'],
  ['syncrepl', unlogged, 'with a log of its session'],
  ['accesslog', logged, 'with a log of writes'],
  ['timestamps', unlogged, 'without one'],
] as const;

describe.each(WAYS)('by %s', (deltas, shared, having) => {
  testOnSlapd(`one level, and one entry alone, of a server ${having}`, async () => {
    const server = await shared();
    const unit = `ou=${deltas},${server.suffix}`;
    // The server has each uid once.
    const id = (name: string): string => `uid=${name}-${deltas}`;
    const [inner, other] = [`ou=in,${unit}`, `ou=other,${unit}`];
    const lead = `${id('lead')},${other}`;
    const person = (name: string, parent: string): string => personLdif(parent, `${name}-${deltas}`);
    await addedTo(
      server,
      ...[unit, inner, other].map((dn) => `dn: ${dn}\nobjectClass: organizationalUnit\n`),
      ...['ada', 'bo', 'dee'].map((name) => person(name, unit)),
      person('cy', inner),
      ...['lead', 'beside'].map((name) => person(name, other)),
      person('below-bo', `${id('bo')},${unit}`),
      person('below-lead', lead),
    );
    const base = [
      { dn: unit, scope: 'one' },
      { dn: lead, scope: 'base' },
    ];
    await using system = systemOn(server.folder, { ...(await configOf(server)), base, deltas });
    const news = followed(system);
    const by = { url: server.ldap, ...server.admin };
    const move = (dn: string, name: string, parent: string) => program('ldapmodrdn', by, ['-r', '-s', parent, dn, name]);
    const expectKnown = async (...names: readonly string[]): Promise<void> => {
      const all = [...names.map((name) => `${id(name)},${unit}`), lead].sort();
      expect(namesOf(await system.full())).toEqual(all);
      expect(await news()).toEqual(all);
    };
    await expectKnown('ada', 'bo', 'dee');
    // Below each of these, but the last, stands somebody who is not read.
    for (const dn of [inner, other, `${id('bo')},${unit}`, lead, `${id('cy')},${inner}`])
      await changedIn(server, `dn: ${dn}\nchangetype: modify\nreplace: description\ndescription: other\n`);
    await expectKnown('ada', 'bo', 'dee');
    await move(`${id('ada')},${unit}`, id('ada'), inner);
    await expectKnown('bo', 'dee');
    await move(`${id('cy')},${inner}`, id('cy'), unit);
    await move(inner, 'ou=inner', unit);
    await move(`${id('bo')},${unit}`, id('bob'), unit);
    await expectKnown('bob', 'cy', 'dee');
    await move(`${id('ada')},ou=inner,${unit}`, id('ada'), unit);
    await move(`${id('below-bo')},${id('bob')},${unit}`, id('below-bo'), `${id('beside')},${other}`);
    await program('ldapdelete', by, [`${id('dee')},${unit}`]);
    await expectKnown('ada', 'bob', 'cy');
  });
});

it('bases that show an entry twice are refused', () => {
  const unit = 'ou=People,dc=example,dc=org';
  const ada = `uid=ada,${unit}`;
  const refused = (...base: readonly unknown[]) =>
    ldapConfig.safeParse({ url: 'ldaps://a.example', bind: 'anonymous', base }).error !== undefined;
  const [one, alone] = [
    { dn: unit, scope: 'one' },
    { dn: ada, scope: 'base' },
  ];
  expect(refused(one, { dn: unit, scope: 'base' })).toBe(false);
  expect(refused(one, { dn: `ou=in,${unit}`, scope: 'sub' })).toBe(false);
  expect(refused(one, alone)).toBe(true);
  expect(refused(alone, { ...alone, dn: ada.toUpperCase() })).toBe(true);
  expect(refused(one, { ...one })).toBe(true);
  expect(refused(unit, alone)).toBe(true);
});

/** What is written, by what the server's own log says that it was told, and what a refusal leaves as it was. */
import { randomBytes } from 'node:crypto';
import { describe, expect, vi } from 'vitest';
import type { ReadObject, WriteItem, WriteResult } from '#connectors/contract';
import { escapeDnValue } from '#core/dn';
import type { SlapdServer } from '../../../scripts/servers/slapd.ts';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import { addedTo, changedIn, configOf, faultOf, personLdif, type System, systemOn } from '../../../test/servers/ldap-system.ts';
import { slapdOfFile, testOnSlapd } from '../../../test/servers/slapd.ts';
import { ldapConfig } from './config.ts';
import { deleteEntry } from './delete.ts';
import { Session } from './session.ts';
import { viewOf } from './view.ts';

/** An account without any right over the server itself, as a directory's owner would give it. */
const PLAIN = { dn: 'cn=plain,dc=example,dc=org', password: 'plain' };
const shared = slapdOfFile({
  ldif: [
    `dn: ${PLAIN.dn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\nuserPassword: ${PLAIN.password}\n`,
    ...['people', 'leavers'].map((ou) => `dn: ou=${ou},dc=example,dc=org\nobjectClass: organizationalUnit\nou: ${ou}\n`),
  ].join('\n'),
  serverLines: [
    "attributetype ( 1.3.6.1.4.1.32473.1 NAME 'contractEnds' EQUALITY generalizedTimeMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )",
    "objectclass ( 1.3.6.1.4.1.32473.2 NAME 'contract' SUP top AUXILIARY MAY contractEnds )",
  ],
  lines: [`access to attrs=userPassword by anonymous auth by * break`, `access to * by dn.exact="${PLAIN.dn}" write by * break`],
});

interface Here {
  readonly server: SlapdServer;
  readonly system: System;
  readonly people: string;
  dn(uid: string): string;
  add(uid: string, more?: string): Promise<ReadObject>;
  find(uid: string, kind?: string): Promise<ReadObject>;
  /** What was written to an entry since it was asked last, in the words of the access log. */
  log(dn: string): Promise<readonly string[]>;
}

async function onServer(work: (here: Here) => Promise<void>, more: object = {}): Promise<void> {
  const server = await shared();
  const people = `ou=people,${server.suffix}`;
  await using system = systemOn(server.folder, { ...(await configOf(server)), bind: PLAIN, ...more });
  const find = async (value: string, kind = 'person'): Promise<ReadObject> =>
    (await system.connection.lookup!({ attribute: kind === 'person' ? 'uid' : 'cn', value }, kind))[0]!;
  const told = new Map<string, number>();
  await work({
    server,
    system,
    people,
    dn: (uid) => `uid=${uid},${people}`,
    find,
    async add(uid, text = '') {
      await addedTo(server, personLdif(people, uid, text));
      return find(uid);
    },
    async log(dn) {
      const by = { url: server.ldap, ...server.sync };
      const filter = `(&(reqDN=${dn})(reqType=modify))`;
      const text = await program('ldapsearch', by, ['-b', 'cn=accesslog', filter, 'reqMod']);
      const all = [...text.matchAll(/^reqMod: (.*)$/gm)].map(([, line]) => line!);
      const written = all.filter((line) => !/^(?:entryCSN|modif)/.test(line));
      const news = written.slice(told.get(dn) ?? 0);
      told.set(dn, written.length);
      return news;
    },
  });
}

const update = (object: ReadObject, set: WriteItem['set'], more: Partial<WriteItem> = {}) =>
  ({ operation: 'update', kind: object.kind, anchor: object.anchor, set, ...more }) as const;
const refusedAs = (result: WriteResult | undefined): unknown =>
  result?.ok ? 'done' : [result?.fault.kind, result?.fault.where.attribute, result?.stale ?? false];

describe('a change', () => {
  testOnSlapd('is the smallest there is, and nothing where nothing changes', async () => {
    await onServer(async ({ system, add, dn, log }) => {
      const ada = await add(
        'min',
        'title: One\ntitle: Two\nmail: min@example.org\nmanager: uid=Boss, ou=people,dc=example,dc=org\n',
      );
      const managed = { manager: dn('boss') };
      await system.write(update(ada, { title: ['Two', 'Three'], mail: 'min@example.org', cn: 'min', ...managed }));
      expect(await log(dn('min'))).toEqual(['title:- One', 'title:+ Three']);
      const same = { title: ['Three', 'Two'], mail: 'min@example.org', employeeType: null, ...managed };
      expect(await system.write(update(ada, same))).toMatchObject([{ ok: true, object: { attributes: { mail: same.mail } } }]);
      expect(await log(dn('min'))).toEqual([]);
      await system.write(update(ada, { title: null, mail: 'other@example.org' }));
      expect(await log(dn('min'))).toEqual([
        'title:- Two',
        'title:- Three',
        'mail:- min@example.org',
        'mail:+ other@example.org',
      ]);
    });
  });

  testOnSlapd('of one member of a group names that one, and what is there or gone already is no fault', async () => {
    await onServer(async ({ server, system, dn, people, log, find }) => {
      const members = Array.from({ length: 40 }, (_, at) => `member: uid=m${at},${people}\n`).join('');
      await addedTo(server, `dn: cn=one,${people}\nobjectClass: groupOfNames\ncn: one\n${members}`);
      const group = await find('one', 'group');
      const edits = { add: { member: [dn('new')] }, remove: { member: [dn('m3')] } };
      for (let i = 0; i < 2; i++) {
        expect(await system.write(update(group, {}, edits))).toMatchObject([{ ok: true }]);
        expect(await log(group.name!)).toEqual(i === 0 ? [`member:- ${dn('m3')}`, `member:+ ${dn('new')}`] : []);
      }
      const more = { add: { member: [dn('m1'), dn('more'), dn('m2')] }, remove: { member: [dn('m3'), dn('m4'), dn('nobody')] } };
      expect(await system.write(update(group, { description: 'All' }, more))).toMatchObject([{ ok: true }]);
      const now = (await find('one', 'group')).attributes;
      expect(now).toMatchObject({ description: 'All', member: expect.arrayContaining([dn('more'), dn('m1'), dn('new')]) });
      expect(now['member']).toHaveLength(40);
    });
  });

  testOnSlapd('of more members than one request takes', async () => {
    await onServer(async ({ system, dn, people, find }) => {
      const all = Array.from({ length: 2500 }, (_, at) => dn(`m${at}`));
      const made = await system.write({ operation: 'create', kind: 'group', name: `cn=large,${people}`, set: {} });
      expect(made).toMatchObject([{ ok: true }]);
      const group = await find('large', 'group');
      await system.write(update(group, {}, { add: { member: all.slice(0, 1500) } }));
      await system.write(update(group, {}, { add: { member: all } }));
      expect((await find('large', 'group')).attributes['member']).toHaveLength(2500);
      await system.write(update(group, {}, { remove: { member: all.slice(0, 10) } }));
      await system.write(update(group, {}, { remove: { member: all } }));
      expect((await find('large', 'group')).attributes['member']).toBeUndefined();
    });
  });

  testOnSlapd('that the schema forbids leaves all else of the entry as it was, and other entries go on', async () => {
    await onServer(async ({ system, add, find, dn, people }) => {
      const uids = Array.from({ length: 20 }, (_, at) => `schema${at}`);
      const all = await Promise.all(uids.map((uid) => add(uid)));
      const results = await system.write(
        ...all.map((one, at) => update(one, { title: 'Doctor', ...(at === 7 ? { manager: 'nobody at all' } : {}) })),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(19);
      expect(refusedAs(results[7])).toEqual(['invalidValue', 'manager', false]);
      expect((await find('schema7')).attributes['title']).toBeUndefined();
      const group = await system.write({ operation: 'create', kind: 'group', name: `cn=forbidden,${people}`, set: {} });
      expect(group).toMatchObject([{ ok: true }]);
      const team = await find('forbidden', 'group');
      const edits = { add: { member: ['nobody at all'] } };
      expect(await system.write(update(team, { description: 'Team' }, edits))).toMatchObject([{ ok: false }]);
      expect((await find('forbidden', 'group')).attributes['description']).toBeUndefined();
      const unknown = [{ shoeSize: '42' }, { dc: 'x' }, { 'no name': 'x' }];
      for (const set of unknown)
        expect(refusedAs((await system.write(update(all[0]!, set)))[0])).toEqual(['invalidValue', undefined, false]);
      expect(
        refusedAs((await system.write({ operation: 'create', name: dn('classless'), set: { objectClass: ['nothing'] } }))[0]),
      ).toEqual(['invalidValue', 'objectClass', false]);
    });
  });

  testOnSlapd('of a value longer than the schema suggests is taken, and no limit is told of it', async () => {
    await onServer(async ({ server, system, add }) => {
      const by = { url: server.ldap, ...server.sync };
      const schema = await program('ldapsearch', by, ['-b', 'cn=subschema', '-s', 'base', 'attributeTypes']);
      expect(schema).toMatch(/NAME 'telephoneNumber'[^\n]*\{32\}/);
      const long = `+49 ${'1'.repeat(60)}`;
      expect(await system.write(update(await add('long'), { telephoneNumber: long }))).toMatchObject([
        { ok: true, object: { attributes: { telephoneNumber: long } } },
      ]);
      const { kinds } = await system.connection.discoverSchema();
      expect(kinds['person']!['telephoneNumber']).not.toHaveProperty('maxLength');
    });
  });

  testOnSlapd('to a value of another entry is a conflict that names the attribute, and no value', async () => {
    await onServer(async ({ system, add, dn }) => {
      await add('first', 'mail: taken@example.org\n');
      const second = await add('second');
      const results = await system.write(
        update(second, { mail: 'taken@example.org' }),
        { operation: 'create', name: dn('third'), set: { cn: 'x', sn: 'x', mail: 'TAKEN@example.org' } },
        { operation: 'create', name: dn('first'), set: { cn: 'x', sn: 'x' } },
      );
      expect(results.map(refusedAs)).toEqual([
        ['conflict', 'mail', false],
        ['conflict', 'mail', false],
        ['conflict', undefined, false],
      ]);
      expect(JSON.stringify(results).toLowerCase()).not.toContain('taken@');
    });
  });

  testOnSlapd('of what somebody else changed is stale', async () => {
    await onServer(async ({ server, system, add, dn }) => {
      const ada = await add('stale', 'title: One\ntelephoneNumber: +49 30 1\nmanager: uid=a,dc=example,dc=org\n');
      const set = { title: 'Two', telephoneNumber: '+49 30 2', manager: dn('b') };
      const seen = { title: 'ONE', telephoneNumber: '+49-301', manager: 'UID=A, dc=example,dc=org' };
      await changedIn(server, `dn: ${dn('stale')}\nchangetype: modify\nreplace: title\ntitle: Three\n`);
      expect(refusedAs((await system.write(update(ada, set, { seen })))[0])).toEqual(['conflict', 'title', true]);
      expect(await system.write(update(ada, set, { seen: { ...seen, title: 'three' } }))).toMatchObject([{ ok: true }]);
    });
  });

  testOnSlapd('with the same value twice, as the server compares, is none that somebody else made', async () => {
    await onServer(async ({ system, add }) => {
      const ada = await add('twice', 'title: One\ntitle: Two\n');
      expect(refusedAs((await system.write(update(ada, { title: ['Two', 'Three', 'THREE'] })))[0])).toEqual([
        'invalidValue',
        'title',
        false,
      ]);
      expect(await system.write(update(ada, { title: ['one', 'Two'] }))).toMatchObject([
        { ok: true, object: { attributes: { title: ['Two', 'one'] } } },
      ]);
    });
  });

  testOnSlapd('of values that no rule compares writes them all', async () => {
    await onServer(async ({ system, add, find }) => {
      const fax = 'facsimileTelephoneNumber';
      const ada = await add('fax', `${fax}: 1\n${fax}: 2\n`);
      const now = async () => [(await find('fax')).attributes[fax]].flat().sort();
      expect(await system.write(update(ada, { [fax]: ['2', '3'] }))).toMatchObject([{ ok: true }]);
      expect(await now()).toEqual(['2', '3']);
      expect(
        await system.write(update(ada, { title: 'X' }, { add: { [fax]: ['3', '4'] }, remove: { [fax]: ['2'] } })),
      ).toMatchObject([{ ok: true }]);
      expect(await now()).toEqual(['3', '4']);
      expect(await system.write(update(ada, {}, { remove: { [fax]: ['3', '4'] } }))).toMatchObject([{ ok: true }]);
      expect(await now()).toEqual([undefined]);
    });
  });
});

describe('values', () => {
  testOnSlapd('of bytes come back as they went, a large picture too', async () => {
    await onServer(async ({ system, dn, find, log }) => {
      for (const [name, bytes] of [
        ['small', randomBytes(27_000)],
        ['large', randomBytes(1_048_576)],
      ] as const) {
        const set = { cn: name, sn: name, jpegPhoto: bytes };
        expect(await system.write({ operation: 'create', name: dn(`photo-${name}`), set })).toMatchObject([{ ok: true }]);
        const there = await find(`photo-${name}`);
        expect(Buffer.from(there.attributes['jpegPhoto'] as Uint8Array).equals(bytes)).toBe(true);
        await system.write(update(there, { jpegPhoto: bytes }));
        expect(await log(dn(`photo-${name}`))).toEqual([]);
        const other = Uint8Array.from([...bytes.subarray(1), 1]);
        await system.write(update(there, { jpegPhoto: other }));
        expect(Buffer.from((await find(`photo-${name}`)).attributes['jpegPhoto'] as Uint8Array).equals(other)).toBe(true);
      }
    });
  });

  testOnSlapd('of time are written in the way of the server, and seen as they are kept', async () => {
    await onServer(
      async ({ system, dn, find, log }) => {
        const first = '2026-03-01T08:00:00.000Z';
        const set = { cn: 'x', sn: 'x', contractEnds: first };
        expect(await system.write({ operation: 'create', name: dn('timed'), set })).toMatchObject([{ ok: true }]);
        const timed = await find('timed');
        expect(timed.attributes['contractEnds']).toBe('20260301080000.0Z');
        expect(
          await system.write(update(timed, { contractEnds: first, title: 'X' }, { seen: { contractEnds: first } })),
        ).toMatchObject([{ ok: true }]);
        expect(await log(dn('timed'))).toEqual(['title:+ X']);
        await system.write(update(timed, { contractEnds: '2026-03-01T08:00:00.250Z' }));
        expect((await find('timed')).attributes['contractEnds']).toBe('20260301080000.25Z');
        await changedIn(
          await shared(),
          `dn: ${dn('timed')}\nchangetype: modify\nreplace: contractEnds\ncontractEnds: 20260302090000+0100\n`,
        );
        const seen = { contractEnds: '2026-03-02T08:00:00.000Z' };
        expect(await system.write(update(timed, { contractEnds: null }, { seen }))).toMatchObject([{ ok: true }]);
        expect((await find('timed')).attributes['contractEnds']).toBeUndefined();
      },
      { objectClasses: { person: ['inetOrgPerson', 'contract'] } },
    );
  });

  testOnSlapd('may be hostile: a name or a look-up by them means them, and nothing else', async () => {
    await onServer(async ({ system, people }) => {
      const hostile = [
        ...[
          '*',
          'a*',
          '(uid=*)',
          '*)(uid=*',
          'a)(|(uid=*',
          '\\2a',
          '\\',
          'a,b',
          'a+b',
          'a+sn=c',
          '"q"',
          '#hash',
          'a;b',
          '<a>',
          'a=b',
          'a/b',
          "o'b",
        ],
        ...[
          'Zoë',
          '山田',
          '😀',
          'ß',
          'İ',
          '\u202Eabc',
          'a\u0301',
          '\uFEFFbom',
          'x\ny',
          'x\ty',
          '&|!',
          '${jndi}',
          '%s%n',
          '__proto__',
          'constructor',
        ],
        ...[' lead', 'trail ', 'two  spaces', 'x'.repeat(200), 'null', '0', '-', '.', '..'],
      ].map((text, at) => ({ text, sn: `${at}` }));
      const results = await system.write(
        ...hostile.map(
          ({ text, sn }) =>
            ({ operation: 'create', name: `cn=${escapeDnValue(text)},${people}`, set: { sn, description: text } }) as const,
        ),
      );
      expect(
        results.map((result, at) => (result.ok ? null : [hostile[at]!.text, result.fault.message])).filter((one) => one !== null),
      ).toEqual([]);
      for (const { text, sn } of hostile) {
        for (const attribute of ['cn', 'description']) {
          const found = await system.connection.lookup!({ attribute, value: text }, 'person');
          expect(found.map((one) => one.attributes['sn'])).toEqual([sn]);
          expect(found[0]!.attributes['description']).toBe(text);
        }
      }
      const [wide] = await system.write(update({ ...(results[0] as { object: ReadObject }).object }, { title: 'only one' }));
      expect(wide!.ok).toBe(true);
      expect(await system.connection.lookup!({ attribute: 'title', value: 'only one' }, 'person')).toHaveLength(1);
      expect(await system.connection.lookup!({ attribute: 'cn)(uid=*', value: 'x' }, 'person')).toEqual([]);
    });
  });
});

describe('a name', () => {
  testOnSlapd('is followed: renamed, moved, and put back where the rest is refused', async () => {
    await onServer(async ({ server, system, add, dn, find }) => {
      const ada = await add('old', 'title: One\n');
      expect(await system.write(update(ada, { uid: 'new', title: 'Two' }, { name: dn('new') }))).toMatchObject([
        { ok: true, name: dn('new'), object: { attributes: { uid: 'new', title: 'Two' } } },
      ]);
      const away = `uid=new,ou=leavers,${server.suffix}`;
      expect(await system.write(update(ada, {}, { name: away }))).toMatchObject([{ ok: true, name: away, anchor: ada.anchor }]);
      const refused = await system.write(update(ada, { manager: 'nobody at all' }, { name: dn('other') }));
      expect(refused).toMatchObject([{ ok: false, fault: { kind: 'invalidValue' } }]);
      expect(await find('new')).toMatchObject({ name: away, attributes: { uid: 'new', title: 'Two' } });
      await add('there');
      for (const name of [dn('there'), `uid=new,ou=nowhere,${server.suffix}`, 'uid=new,dc=elsewhere', 'no name', '']) {
        const [result] = await system.write(update(ada, { title: 'Three' }, { name }));
        expect(result!.ok).toBe(false);
      }
      expect(await find('new')).toMatchObject({ name: away, attributes: { title: 'Two' } });
      expect(await system.write(update(ada, {}, { name: away.replace('uid=new', 'uid=NEW') }))).toMatchObject([
        { ok: true, name: away.replace('uid=new', 'uid=NEW') },
      ]);
    });
  });

  testOnSlapd('gives its entry the values that it is made of', async () => {
    await onServer(async ({ system, people }) => {
      const name = `cn=Amy Wong+sn=Kroker,${people}`;
      expect(await system.write({ operation: 'create', name, set: { uid: 'amy' } })).toMatchObject([
        { ok: true, object: { name, attributes: { cn: 'Amy Wong', sn: 'Kroker', uid: 'amy' } } },
      ]);
      const [amy] = await system.connection.lookup!({ attribute: 'uid', value: 'amy' }, 'person');
      const married = `cn=Amy Kroker+sn=Kroker,${people}`;
      expect(await system.write(update(amy!, { cn: ['Amy Kroker', 'Amy Wong'] }, { name: married }))).toMatchObject([
        { ok: true, object: { name: married, attributes: { cn: ['Amy Kroker', 'Amy Wong'] } } },
      ]);
      expect(refusedAs((await system.write(update(amy!, { cn: 'Else' })))[0])).toEqual(['invalidValue', undefined, false]);
    });
  });

  testOnSlapd('that is none is refused, and stops no other', async () => {
    await onServer(async ({ system, dn }) => {
      const set = { cn: 'x', sn: 'x' };
      const results = await system.write(
        { operation: 'create', set },
        { operation: 'create', name: 'no name', set },
        { operation: 'create', name: 'dc=org', set },
        { operation: 'create', name: '', set },
        { operation: 'create', name: dn('named'), set },
      );
      expect(results.map(({ ok }) => ok)).toEqual([false, false, false, false, true]);
    });
  });
});

testOnSlapd('what stands below another entry is made after it and deleted before it, in one batch', async () => {
  await onServer(
    async ({ system, people }) => {
      const names = [`ou=a,${people}`, `ou=b,ou=a,${people}`, `uid=c,ou=b,ou=a,${people}`, `uid=d,ou=b,ou=a,${people}`];
      const items = names.map((name) => {
        const isUnit = name.startsWith('ou=');
        return { operation: 'create', kind: isUnit ? 'unit' : 'person', name, set: isUnit ? {} : { cn: 'x', sn: 'x' } } as const;
      });
      const made = await system.write(...items.toReversed());
      expect(made.map((one) => one.ok && one.name)).toEqual(names.toReversed());
      const gone = await system.write(
        ...made
          .toReversed()
          .map(
            (one, at) => ({ operation: 'delete', kind: items[at]!.kind, anchor: (one as { anchor: string }).anchor }) as const,
          ),
      );
      expect(gone).toMatchObject(names.map(() => ({ ok: true })));
      const [kept] = await system.write({ operation: 'create', kind: 'unit', name: `ou=kept,${people}`, set: {} });
      await system.write({ operation: 'create', name: `uid=kept,ou=kept,${people}`, set: { cn: 'x', sn: 'x' } });
      const parent = { operation: 'delete', kind: 'unit', anchor: (kept as { anchor: string }).anchor } as const;
      expect(refusedAs((await system.write(parent))[0])).toEqual(['permission', undefined, false]);
      expect(refusedAs((await system.write({ operation: 'delete', anchor: '00000000-0000-4000-8000-000000000000' }))[0])).toEqual(
        ['notFound', undefined, false],
      );
    },
    { kinds: { organizationalUnit: 'unit' }, objectClasses: { unit: ['organizationalUnit'] } },
  );
});

testOnSlapd('a delete is of the entry that was meant, though another has its name by then', async () => {
  await onServer(async ({ server, add, dn, find }) => {
    const { anchor } = await add('swapped');
    const config = ldapConfig.parse({ ...(await configOf(server)), bind: PLAIN });
    const session = new Session(config, server.folder, 1e6);
    const live = await session.live();
    const request = live.client.request.bind(live.client);
    vi.spyOn(live.client, 'request').mockImplementationOnce(async (...given) => {
      await changedIn(server, `dn: ${dn('swapped')}\nchangetype: modrdn\nnewrdn: uid=meant\ndeleteoldrdn: 1\n`);
      await add('swapped');
      return request(...given);
    });
    const reading = { config, session, warn: () => undefined, clears: [], maxObjectBytes: 1e6 };
    const item = { attempt: '1', operation: 'delete', kind: 'person', anchor, set: {} } as const;
    expect(await deleteEntry(item, { live, reading, view: viewOf(config, live) })).toEqual({ ok: true, anchor });
    expect(await find('meant')).toBeUndefined();
    expect(await find('swapped')).toBeDefined();
    await session.close();
  });
});

testOnSlapd('of a server that says only the second of the last change, each value that goes is named', async () => {
  await onServer(
    async ({ system, add, dn, log }) => {
      const ada = await add('coarse', 'title: One\n');
      await system.write(update(ada, { title: 'Two' }));
      expect(await log(dn('coarse'))).toEqual(['title:- One', 'title:+ Two']);
    },
    { vendor: 'other' },
  );
});

testOnSlapd('what was written and cannot be shown is unknown, and no refusal', async () => {
  await onServer(
    async ({ system, people, add }) => {
      const [unit] = await system.write({ operation: 'create', name: `ou=unshown,${people}`, set: {} });
      expect(unit).toMatchObject({ ok: false, unknown: true, fault: { message: expect.stringContaining('it was written') } });
      const { anchor } = await add('losing', 'employeeNumber: 7\n');
      expect(anchor).toBe('7');
      const [change] = await system.write({ operation: 'update', anchor, set: { employeeNumber: null } });
      expect(change).toMatchObject({ ok: false, unknown: true, fault: { where: { object: '7' } } });
    },
    { objectClasses: { person: ['organizationalUnit'] }, anchor: 'employeeNumber' },
  );
});

testOnSlapd('a base that is not there any more says nothing of what stood below it', async () => {
  await onServer(async ({ server, dn, add }) => {
    const kept = await add('moved-away');
    const base = `ou=gone,${server.suffix}`;
    await using system = systemOn(server.folder, { ...(await configOf(server)), base });
    expect(await faultOf(system.full())).toMatchObject({ kind: 'notFound' });
    expect(await faultOf(system.connection.lookup!({ anchor: kept.anchor }, 'person'))).toMatchObject({ kind: 'configuration' });
    const results = await system.write({ operation: 'delete', anchor: kept.anchor }, update(kept, { title: 'x' }));
    expect(results).toMatchObject([
      { ok: false, fault: { kind: 'configuration' } },
      { ok: false, fault: { kind: 'configuration' } },
    ]);
    expect(dn('moved-away')).toBe(kept.name);
  });
});

testOnSlapd('a group that needs members has the empty name for nobody, which is not shown', async () => {
  await onServer(async ({ system, people, dn, find }) => {
    for (const [name, objectClass, attribute] of [
      ['empty', 'groupOfNames', 'member'],
      ['unique', 'groupOfUniqueNames', 'uniqueMember'],
    ] as const) {
      const item = {
        operation: 'create',
        kind: 'group',
        name: `cn=${name},${people}`,
        set: { objectClass: [objectClass] },
      } as const;
      const [made] = await system.write(item);
      expect(made).toMatchObject({ ok: true });
      const group = await find(name, 'group');
      const members = async (): Promise<unknown> => (await find(name, 'group')).attributes[attribute];
      expect(await members()).toBeUndefined();
      expect(await system.write(update(group, {}, { add: { [attribute]: [dn('a')] } }))).toMatchObject([{ ok: true }]);
      expect(await members()).toBe(dn('a'));
      expect(await system.write(update(group, {}, { remove: { [attribute]: [dn('a')] } }))).toMatchObject([{ ok: true }]);
      expect(await members()).toBeUndefined();
      expect(await system.write(update(group, { [attribute]: [dn('b')] }, { seen: { [attribute]: null } }))).toMatchObject([
        { ok: true },
      ]);
      expect(await members()).toBe(dn('b'));
      expect(await system.write(update(group, { [attribute]: null }, { seen: { [attribute]: dn('b') } }))).toMatchObject([
        { ok: true },
      ]);
      expect(await members()).toBeUndefined();
      expect(await system.write(update(group, { [attribute]: null, description: 'Nobody' }))).toMatchObject([{ ok: true }]);
    }
  });
});

testOnSlapd(
  'an account is enabled or not by the lock of the password policy, and may be written like that without rights of the server itself',
  async () => {
    await onServer(async ({ server, system, dn, add, find, log }) => {
      const made = await system.write({ operation: 'create', name: dn('disabled'), set: { cn: 'x', sn: 'x', enabled: false } });
      expect(made).toMatchObject([{ ok: true, object: { attributes: { enabled: false } } }]);
      const ada = await add('locked');
      const attribute = 'pwdAccountLockedTime';
      expect(ada.attributes).toMatchObject({ enabled: true });
      expect(await system.write(update(ada, { enabled: false, title: 'X' }, { seen: { enabled: true } }))).toMatchObject([
        { ok: true, object: { attributes: { enabled: false, title: 'X' } } },
      ]);
      expect(await log(dn('locked'))).toEqual(['title:+ X', `${attribute}:+ 000001010000Z`]);
      expect(refusedAs((await system.write(update(ada, { enabled: false }, { seen: { enabled: true } })))[0])).toEqual([
        'conflict',
        'enabled',
        true,
      ]);
      expect(await system.write(update(ada, { enabled: true }, { seen: { enabled: false } }))).toMatchObject([{ ok: true }]);
      expect((await find('locked')).attributes).toMatchObject({ enabled: true });
      // After wrong passwords: that ends by itself.
      await changedIn(server, `dn: ${dn('locked')}\nchangetype: modify\nadd: ${attribute}\n${attribute}: 20260101000000Z\n`);
      await log(dn('locked'));
      expect(await system.write(update(ada, { enabled: true }, { seen: { enabled: true } }))).toMatchObject([{ ok: true }]);
      expect(await log(dn('locked'))).toEqual([]);
      expect(await system.write(update(ada, { enabled: false }, { seen: { enabled: true } }))).toMatchObject([
        { ok: true, object: { attributes: { enabled: false } } },
      ]);
    });
  },
);

/** Generated passwords against a real server: what lets in, what does not any more, and what nobody is shown. */
import { expect } from 'vitest';
import type { WriteResult } from '#connectors/contract';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import { configOf, faultOf, systemOn } from '../../../test/servers/ldap-system.ts';
import { slapdOfFile, startSlapd, testOnSlapd } from '../../../test/servers/slapd.ts';

const shared = slapdOfFile();

const letsIn = async (server: Awaited<ReturnType<typeof shared>>, dn: string, password: string): Promise<boolean> =>
  program('ldapsearch', { url: server.ldap, dn, password }, ['-b', '', '-s', 'base']).then(
    () => true,
    () => false,
  );
const made = (result: WriteResult | undefined): Extract<WriteResult, { ok: true }> => {
  if (!result?.ok) throw new Error(result?.fault.message);
  return result;
};

testOnSlapd('a password lets in, the next one takes its place, and neither is shown', async () => {
  const server = await shared();
  await using system = systemOn(server.folder, await configOf(server));
  const dn = `uid=ada,${server.suffix}`;
  const [first] = await system.write({ operation: 'create', name: dn, set: { cn: 'Ada', sn: 'L', password: 'first-password' } });
  expect(await letsIn(server, dn, 'first-password')).toBe(true);
  const { anchor, object } = made(first);
  const [second] = await system.write({ operation: 'update', anchor, set: { title: 'x', password: 'second-password' } });
  expect([await letsIn(server, dn, 'first-password'), await letsIn(server, dn, 'second-password')]).toEqual([false, true]);
  const shown = [object, made(second).object, await system.full(), await system.connection.lookup!({ anchor }, 'person')];
  expect(JSON.stringify(shown)).not.toMatch(/(?:first|second)-password/);
});

testOnSlapd('a password is kept as the server hashes it, of a new account and of one that is there', async () => {
  const server = await shared();
  await using system = systemOn(server.folder, await configOf(server));
  const dn = `uid=eve,${server.suffix}`;
  const kept = async (): Promise<string> => {
    const text = await program('ldapsearch', { url: server.ldap, ...server.admin }, ['-b', dn, '-s', 'base', 'userPassword']);
    return Buffer.from(/^userPassword:: (.*)$/m.exec(text)![1]!, 'base64').toString();
  };
  const { anchor } = made(
    (await system.write({ operation: 'create', name: dn, set: { cn: 'Eve', sn: 'E', password: 'first-password' } }))[0],
  );
  const first = await kept();
  expect(first).toMatch(/^\{SSHA\}/);
  made((await system.write({ operation: 'update', anchor, set: { password: 'second-password' } }))[0]);
  expect(await kept()).toMatch(/^\{SSHA\}/);
  expect(await kept()).not.toBe(first);
  expect([await letsIn(server, dn, 'first-password'), await letsIn(server, dn, 'second-password')]).toEqual([false, true]);
});

testOnSlapd('an account whose password is refused is not made, and nothing of that is tried again by itself', async () => {
  await using server = await startSlapd({ overlays: [], mayNotSetPasswords: true });
  await using system = systemOn(server.folder, await configOf(server));
  const create = { operation: 'create', name: `uid=fay,${server.suffix}`, set: { cn: 'Fay', sn: 'F' } } as const;
  const refused = await system.write({ ...create, set: { ...create.set, password: 'a-password' } });
  expect(refused).toMatchObject([
    {
      ok: false,
      fault: {
        // A missing right would be: each time with a new entry, taken back again.
        kind: 'invalidValue',
        message: expect.stringMatching(/^the password cannot be set.*; the new entry was taken back$/),
        where: { attribute: 'password' },
        remedy: expect.stringContaining('the right to set passwords'),
      },
    },
  ]);
  expect(refused[0]).not.toHaveProperty('unknown');
  expect(await system.connection.lookup!({ attribute: 'uid', value: 'fay' }, 'person')).toEqual([]);
  const { anchor } = made((await system.write(create))[0]);
  const update = { operation: 'update', anchor, set: { password: 'a-password' } } as const;
  const [alone] = await system.write(update);
  expect(alone).toMatchObject({ ok: false, fault: { kind: 'permission' } });
  expect(alone).not.toHaveProperty('unknown');
  // What else there was of the change is there: it is looked at.
  expect(await system.write({ ...update, set: { ...update.set, title: 'Head' } })).toMatchObject([
    { ok: false, unknown: true, fault: { message: expect.stringContaining('the password cannot be set') } },
  ]);
  const [now] = await system.connection.lookup!({ anchor }, 'person');
  expect(now!.attributes).toMatchObject({ title: 'Head' });
});

testOnSlapd('a password is not sent in plain sight, and nothing else of its batch either', async () => {
  const server = await shared();
  await using system = systemOn(server.folder, { ...(await configOf(server)), url: server.ldap });
  const dn = (uid: string): string => `uid=${uid},${server.suffix}`;
  const plain = { operation: 'create', name: dn('bob'), set: { cn: 'Bob', sn: 'B' } } as const;
  const secret = { operation: 'create', name: dn('cy'), set: { cn: 'Cy', sn: 'C', password: 'a-password' } } as const;
  const fault = await faultOf(system.write(plain, secret));
  expect(fault).toMatchObject({ kind: 'configuration', remedy: expect.stringContaining('ldaps://') });
  await using other = systemOn(server.folder, await configOf(server));
  for (const value of ['bob', 'cy']) expect(await other.connection.lookup!({ attribute: 'uid', value }, 'person')).toEqual([]);
});

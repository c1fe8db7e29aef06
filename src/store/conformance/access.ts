/** Who may come in: accounts, tokens, sessions, links that are used once. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { AccessAccount, AccessToken } from '../contract.ts';
import { NOW, type Opened, type Suite, withStore } from './sample.ts';

function account(id: string, more: Partial<AccessAccount> = {}): AccessAccount {
  return {
    id,
    name: id,
    nameKey: id,
    password: null,
    issuer: null,
    subject: null,
    roles: ['auditor'],
    objectId: null,
    createdAt: NOW,
    disabledAt: null,
    ...more,
  };
}

export function token(id: string, more: Partial<AccessToken> = {}): AccessToken {
  return {
    id,
    kind: 'scim',
    name: `token ${id}`,
    hash: `hash of ${id}`,
    hashBefore: null,
    beforeUntil: null,
    connection: 'okta',
    roles: [],
    rate: null,
    createdAt: NOW,
    createdBy: 'Ada',
    expiresAt: null,
    usedAt: null,
    revokedAt: null,
    ...more,
  };
}

const session = (hash: string, of: string, expiresAt: number, createdAt: number = NOW) => ({
  hash,
  account: of,
  createdAt,
  seenAt: createdAt,
  expiresAt,
});

export function accessSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`access: ${name}`, () => withStore(suite, use));

  test('accounts are found by id, name and sign-in; neither name nor sign-in is there twice', async ({ store: { access } }) => {
    const ada = account('a', {
      name: 'Ada',
      nameKey: 'ada',
      password: 'scrypt',
      objectId: 7,
      roles: ['administrator', 'person'],
    });
    const bob = account('b', { issuer: 'https://id', subject: 's1' });
    await access.addAccount(ada);
    await access.addAccount(bob);
    deepEqual(await access.account('a'), ada);
    deepEqual(await access.accountByName('ada'), ada);
    deepEqual(await access.accountBySubject('https://id', 's1'), bob);
    deepEqual([await access.account('x'), await access.accountBySubject('https://other', 's1')], [null, null]);
    await rejects(access.addAccount(account('c', { nameKey: 'ada' })), { kind: 'conflict', where: { object: 'c' } });
    await rejects(access.addAccount(account('c', { issuer: 'https://id', subject: 's1' })), { kind: 'conflict' });
    await access.addAccount(account('c', { issuer: 'https://other', subject: 's1' }));
    deepEqual(
      (await access.accounts({ after: 'a', limit: 1 })).map(({ id }) => id),
      ['b'],
    );
    deepEqual([await access.anyAccount('person'), await access.anyAccount('operator')], [true, false]);
    equal(await access.changeAccount('a', { disabledAt: NOW }, { endSessions: false }), true);
    equal(await access.anyAccount('person'), false);
    deepEqual(await access.account('a'), { ...ada, disabledAt: NOW });
    equal(await access.changeAccount('x', { disabledAt: NOW }, { endSessions: true }), false);
  });

  test('sessions end one by one, all of an account, or with a change of it', async ({ store: { access } }) => {
    for (const id of ['a', 'b']) await access.addAccount(account(id));
    for (const [hash, of] of [
      ['1', 'a'],
      ['2', 'a'],
      ['3', 'b'],
      ['4', 'b'],
    ] as const)
      await access.addSession(session(hash, of, NOW + 9));
    const there = async (): Promise<string> => {
      const found = await Promise.all(['1', '2', '3', '4', '5'].map((hash) => access.session(hash)));
      return found.flatMap((one) => one?.hash ?? []).join('');
    };
    deepEqual(await access.session('1'), session('1', 'a', NOW + 9));
    await access.touch({ tokens: [], sessions: [{ hash: '1', at: NOW + 1, expiresAt: NOW + 10 }] });
    deepEqual(await access.session('1'), { ...session('1', 'a', NOW + 10), seenAt: NOW + 1 });
    await access.endSessions({ hash: '3' });
    equal(await there(), '124');
    await access.changeAccount('a', { roles: ['operator'] }, { endSessions: false });
    equal(await there(), '124');
    await access.changeAccount('a', { password: 'other' }, { endSessions: true });
    equal(await there(), '4');
    await access.addSession(session('5', 'b', NOW + 99, NOW + 9));
    equal(await there(), '5', 'what has expired goes');
    await access.endSessions({ account: 'b' });
    equal(await there(), '');
  });

  test('a token is rotated with an overlap, and revoked for good', async ({ store: { access } }) => {
    const api = token('t1', { kind: 'api', connection: null, roles: ['operator'], rate: 5, expiresAt: NOW + 9 });
    await access.addToken(api);
    await access.addToken(token('t2'));
    deepEqual(await access.token('t1'), api);
    equal(await access.token('t3'), null);
    deepEqual(await access.tokens({ after: '', limit: 9 }), [api, token('t2')]);
    equal(await access.rotateToken({ id: 't1', hash: 'new', until: NOW + 5, expiresAt: null }), true);
    const rotated = { ...api, hash: 'new', hashBefore: 'hash of t1', beforeUntil: NOW + 5, expiresAt: null };
    deepEqual(await access.token('t1'), rotated);
    await access.touch({ tokens: [{ id: 't1', at: NOW + 3 }], sessions: [] });
    equal(await access.revokeToken('t1', NOW + 4), true);
    equal(await access.revokeToken('t1', NOW + 8), true);
    deepEqual(await access.token('t1'), { ...rotated, usedAt: NOW + 3, revokedAt: NOW + 4 });
    equal(await access.rotateToken({ id: 't1', hash: 'newer', until: NOW, expiresAt: null }), false);
    equal(await access.revokeToken('t3', NOW), false);
  });

  test('what is done is noted with it, and what is not done is not', async ({ store: { access, audit } }) => {
    const note = (action: string) => [
      {
        at: NOW,
        action,
        actor: { kind: 'person', name: 'Ada', token: null, source: null },
        subject: {},
        outcome: 'done',
        digest: null,
        values: null,
      } as const,
    ];
    await access.addAccount(account('a'), note('1'));
    await rejects(access.addAccount(account('b', { nameKey: 'a' }), note('no')), { kind: 'conflict' });
    await access.changeAccount('a', { roles: [] }, { endSessions: true }, note('2'));
    await access.changeAccount('x', { roles: [] }, { endSessions: true }, note('no'));
    await access.addToken(token('t1'), note('3'));
    await access.rotateToken({ id: 't1', hash: 'new', until: NOW, expiresAt: null }, note('4'));
    await access.revokeToken('t1', NOW, note('5'));
    await access.revokeToken('t1', NOW, note('no'));
    await access.rotateToken({ id: 't1', hash: 'newer', until: NOW, expiresAt: null }, note('no'));
    await access.addSession(session('1', 'a', NOW + 9), note('6'));
    await access.addLink({ hash: 'p', purpose: 'password', account: 'a', createdAt: NOW, expiresAt: NOW + 9 }, note('7'));
    await access.redeemLink({ hash: 'q', at: NOW, password: 'p', first: null }, note('no'));
    await access.redeemLink({ hash: 'p', at: NOW, password: 'p', first: null }, note('8'));
    deepEqual(
      (await audit.list({}, { after: 0, limit: 99 })).events.map(({ action }) => action),
      ['1', '2', '3', '4', '5', '6', '7', '8'],
    );
  });

  test('a link is used once, in time, and only for what it was made for', async ({ store: { access } }) => {
    const redeem = (hash: string, first: AccessAccount | null, at: number = NOW): Promise<boolean> =>
      access.redeemLink({ hash, at, password: `of ${hash}`, first });
    const link = (hash: string, of: string | null, expiresAt: number = NOW + 9) =>
      ({ hash, purpose: of === null ? 'setup' : 'password', account: of, createdAt: NOW, expiresAt }) as const;
    const admin = account('a', { roles: ['administrator'] });
    await access.addLink(link('s0', null));
    await access.addLink(link('s1', null));
    await access.addLink(link('s9', null));
    equal(await redeem('s1', null), false);
    equal(await redeem('s1', admin, NOW + 9), false, 'too late');
    await access.addAccount(account('b', { nameKey: 'a' }));
    await rejects(redeem('s1', { ...admin, id: 'x' }), { kind: 'conflict' });
    deepEqual(await access.link('s1'), link('s1', null));
    const ada = { ...admin, nameKey: 'ada' };
    equal(await redeem('s1', ada), true);
    deepEqual([await access.account('a'), await access.link('s1')], [{ ...ada, password: 'of s1' }, null]);
    deepEqual([await access.link('s0'), await access.link('s9')], [null, null], 'with it the others go');
    equal(await redeem('s1', ada), false);
    await access.addLink(link('s2', null));
    equal(await redeem('s2', account('c', { roles: ['administrator'] })), false, 'there is an administrator');

    await access.addSession(session('1', 'a', NOW + 9));
    await access.addSession(session('2', 'b', NOW + 9));
    await access.addLink(link('p1', 'a'));
    await access.addLink(link('p2', 'b'));
    await access.addLink(link('p3', 'b'));
    equal(await redeem('p1', ada), false);
    equal(await redeem('p1', null), true);
    equal((await access.account('a'))!.password, 'of p1');
    deepEqual([await access.session('1'), (await access.session('2'))?.account], [null, 'b']);
    equal(await redeem('p2', null), false, 'a later one is there');
    await access.changeAccount('b', { disabledAt: NOW }, { endSessions: false });
    equal(await redeem('p3', null), false, 'disabled');
    await access.addLink({ ...link('p4', 'a', NOW + 99), createdAt: NOW + 9 });
    equal(await access.link('p3'), null, 'what has expired goes');
  });
}

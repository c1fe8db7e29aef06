import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '#store/contract';
import { open } from '#store/sqlite/open';
import { KEPT_MS, type NewToken, openTokens, type Tokens } from './tokens.ts';

let folder: string;
let store: Store;
let now = 1_000_000_000;
let touched: Promise<void>[] = [];
let tokens: Tokens;
let others: Tokens;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-tokens-'));
  store = await open({ path: join(folder, 'store.db'), program: 'test', create: true });
  const access: Store['access'] = {
    ...store.access,
    touch(used) {
      const done = store.access.touch(used);
      touched.push(done);
      return done;
    },
  };
  tokens = openTokens({ access, wall: () => now });
  others = openTokens({ access: store.access, wall: () => now });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const SCIM: NewToken = { kind: 'scim', name: 'Okta', connection: 'okta', roles: [], rate: null, expiresAt: null, by: 'Ada' };
const why = async (text: string, of: Tokens = tokens): Promise<unknown> => {
  const answer = await of.verify(text);
  return 'refused' in answer ? answer.refused : answer.token.id;
};

test('its text finds it; any other text does not, and says nothing about it', async () => {
  const { token, text } = await tokens.create(SCIM);
  expect(text).toMatch(/^rc_[a-z2-9]{12}_[\w-]{43}$/);
  expect(JSON.stringify(token)).not.toContain(text.slice(16));
  expect(await why(text)).toBe(token.id);
  const other = text.slice(0, -2) + (text.endsWith('AA') ? 'BB' : 'AA');
  expect(await why(other)).toBe('unknown');
  expect(await why(text.replace(token.id, 'abcdefghijkm'))).toBe('unknown');
  for (const bad of ['', 'rc_', `${text} `, `${text}x`, text.toUpperCase(), `rc_${token.id}_`, "rc_' or 1=1 --"])
    expect(await why(bad)).toBe('malformed');
  await tokens.revoke(token.id);
  expect(await why(other)).toBe('unknown');
});

test('it ends when it expires, or is revoked: here at once, elsewhere within seconds', async () => {
  const { token, text } = await tokens.create({ ...SCIM, expiresAt: now + 100_000 });
  expect([await why(text), await why(text, others)]).toEqual([token.id, token.id]);
  await tokens.revoke(token.id);
  expect(await why(text)).toBe('revoked');
  now += KEPT_MS;
  expect(await why(text, others)).toBe('revoked');
  const brief = await tokens.create({ ...SCIM, expiresAt: now + 10 });
  expect(await why(brief.text)).toBe(brief.token.id);
  now += 10;
  expect(await why(brief.text)).toBe('expired');
  await expect(tokens.rotate(token.id, { overlapMs: 0, expiresAt: null })).rejects.toMatchObject({ kind: 'notFound' });
});

test('one that is being read while it is revoked is not remembered as it was', async () => {
  const { token, text } = await tokens.create(SCIM);
  now += KEPT_MS;
  await Promise.all([tokens.verify(text), tokens.revoke(token.id)]);
  expect(await why(text)).toBe('revoked');
});

test('rotated, both secrets are good until the overlap ends, then the new one alone', async () => {
  const { token, text } = await tokens.create(SCIM);
  const next = await tokens.rotate(token.id, { overlapMs: 1_000, expiresAt: null });
  expect(next.token.id).toBe(token.id);
  expect([await why(text), await why(next.text)]).toEqual([token.id, token.id]);
  now += 1_000;
  expect([await why(text), await why(next.text)]).toEqual(['expired', token.id]);
  const last = await tokens.rotate(token.id, { overlapMs: 1_000, expiresAt: null });
  expect([await why(text), await why(next.text), await why(last.text)]).toEqual(['unknown', token.id, token.id]);
});

test('when it was used is noted once an hour', async () => {
  const { token, text } = await tokens.create(SCIM);
  touched = [];
  for (let i = 0; i < 10; i++) {
    await tokens.verify(text);
    now += KEPT_MS;
  }
  expect(touched).toHaveLength(1);
  now += 3_600_000;
  await tokens.verify(text);
  expect(touched).toHaveLength(2);
  await Promise.all(touched);
  expect((await store.access.token(token.id))!.usedAt).toBe(now);
});

test.each([
  { ...SCIM, connection: null },
  { ...SCIM, roles: ['auditor'] },
  { ...SCIM, kind: 'api' as const },
  { ...SCIM, kind: 'api' as const, connection: null },
  { ...SCIM, name: ' ' },
  { ...SCIM, expiresAt: 1 },
])('%j is no token', async (what) => {
  await expect(tokens.create(what)).rejects.toMatchObject({ kind: 'invalidValue' });
});

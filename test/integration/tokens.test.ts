/** Tokens from the command line: shown once, listed without their text, rotated, revoked. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
connections:
  okta:
    type: memory
    system: tokens okta
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id } } }
  people:
    type: people
    import: { person: { attributes: { employeeId: employeeId } } }
`;

let here: Place;
beforeEach(async () => {
  here = await place(YAML);
});
afterEach(() => here.remove());

interface Answer {
  readonly [what: string]: unknown;
  readonly id: string;
  readonly token: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly tokens: readonly { readonly name: string }[];
}

async function ask(...argv: string[]): Promise<Answer> {
  return JSON.parse((await here.call(...argv, '--json')).out);
}

it('is made, listed, rotated and revoked, and its text is printed once', async () => {
  const made = await ask('token', 'create', 'Okta', '--connection', 'okta', '--expires', '90d', '--rate', '50');
  expect(made).toMatchObject({ kind: 'scim', connection: 'okta', rate: 50, roles: [], state: 'good', usedAt: null });
  expect(made.token).toMatch(new RegExp(`^rc_${made.id}_`));
  expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(90 * 86_400_000);
  const rotated = await ask('token', 'rotate', made.id, '--overlap', '7d', '--expires', 'never');
  expect(rotated).toMatchObject({ id: made.id, expiresAt: null });
  expect(rotated.token).not.toBe(made.token);
  expect(await here.call('token', 'create', 'Grafana', '--role', 'auditor', '--quiet')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^rc_\w+_[\w-]+\n$/),
    err: '',
  });
  const { tokens } = await ask('token', 'list');
  expect(tokens.map((one) => one.name).sort()).toEqual(['Grafana', 'Okta']);
  const text = await here.call('token', 'list');
  expect(text.out).toContain(made.id);
  expect(await ask('token', 'revoke', made.id)).toMatchObject({ state: 'revoked' });
  expect((await ask('token', 'list')).tokens).toHaveLength(1);
  expect((await ask('token', 'list', '--all')).tokens).toHaveLength(2);
  for (const secret of [made.token, rotated.token].map((token) => token.slice(16))) {
    expect(text.out + JSON.stringify(tokens) + (await here.contents())).not.toContain(secret);
    for (const file of (await readdir(here.folder)).filter((name) => name.startsWith('rollcall.db')))
      expect((await readFile(join(here.folder, file))).includes(secret), file).toBe(false);
  }
});

it.each([
  [['token', 'create', 'x', '--connection', 'oktta'], "Did you mean 'okta'?"],
  [['token', 'create', 'x', '--connection', 'people'], 'Name a connection that is read or pushed to'],
  [['token', 'create', 'x'], 'at least one role'],
  [['token', 'create', 'x', '--connection', 'okta', '--expires', 'soon'], "'soon' says no time at which a token ends"],
  [['token', 'create', 'x', '--connection', 'okta', '--expires', '2020-01-01'], 'expired already'],
  [['token', 'create', 'x', '--role', 'owner'], '--role'],
  [['token', 'rotate', 'abcdefghijkm'], 'token list'],
  [['token', 'rotate', 'abcdefghijkm', '--overlap', '90d'], '30 days'],
  [['token', 'revoke', 'abcdefghijkm'], 'token list'],
])('%s is refused and says why', async (argv, said) => {
  await here.call('token', 'create', 'first', '--role', 'auditor');
  const { code, err } = await here.call(...argv);
  expect(code).not.toBe(0);
  expect(err).toContain(said);
});

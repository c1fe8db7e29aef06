import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { FAKES } from './fakes.ts';
import { type Loaded, loadConfiguration } from './load.ts';

const HR =
  'connections:\n  hr: { type: csv, path: hr.csv, anchor: id, import: { person: { project: true, attributes: { employeeId: id } } } }\n';
const load = (notify: string): Promise<Loaded> =>
  loadConfiguration({
    file: '/etc/rollcall.yaml',
    definitions: FAKES,
    env: { SECRET: 'whsec_b2YtdGhlLXJlY2VpdmVy', URL: 'https://chat.example.org/hook/4711' },
    readFile: async () => `${HR}notify:\n${notify}`,
  });

test('means what it says, with its defaults, and prints no secret', async () => {
  const loaded = await load(
    '  ops: { webhook: { url: "${env:URL}", secret: "${env:SECRET}" }, events: [run-failed], connections: [hr], again: 1h }\n' +
      '  admins: { mail: { server: smtp://mail.example.org, user: rollcall, password: "${env:SECRET}", from: rollcall@example.org, to: a@example.org } }\n' +
      '  local: { mail: { server: "smtps://[::1]:2465", from: rollcall@example.org, to: [a@example.org, b@example.org] }, queueAge: 30m }\n',
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const [ops, admins, local] = loaded.config.notify;
  expect(ops).toMatchObject({ name: 'ops', events: new Set(['run-failed']), connections: new Set(['hr']), againMs: 3_600_000 });
  expect('webhook' in ops!.to && ops!.to.webhook.secret).toBe('whsec_b2YtdGhlLXJlY2VpdmVy');
  expect(admins).toMatchObject({ connections: null, queueAgeMs: 4 * 3_600_000, againMs: 24 * 3_600_000 });
  expect(admins!.events.size).toBe(5);
  expect(admins!.to).toMatchObject({ mail: { host: 'mail.example.org', port: 587, tls: false, login: { user: 'rollcall' } } });
  expect(local!.to).toMatchObject({
    mail: { host: '::1', port: 2465, tls: true, login: null, to: ['a@example.org', 'b@example.org'] },
  });
  for (const printed of [JSON.stringify(loaded.config), inspect(loaded.config, { depth: 9 })])
    expect(printed).not.toMatch(/b2YtdGhl|hook\/4711/);
});

const mail = (more: string) =>
  `  a: { mail: { server: smtp://m.example.org, from: r@example.org, to: a@example.org, ${more} } }\n`;

test.each([
  ['  a: { webhook: { url: ftp://x.example.org } }\n', 'notify.a.webhook.url: must be an http or https address'],
  ['  a: { webhook: { url: "https://u:p@x.example.org" } }\n', 'notify.a.webhook.url: must be an http or https address'],
  ['  a: { webhook: { url: "https://x.example.org", secret: written-out } }\n', 'notify.a.webhook.secret: secret is secret'],
  ['  a: { webhook: { url: "https://x.example.org" }, connections: [nobody] }\n', 'notify.a.connections[0]: is no connection'],
  [mail('user: rollcall'), 'notify.a.mail.user: user and password go together'],
  [
    mail('user: r, password: "${env:SECRET}", allowPlain: true'),
    'notify.a.mail.allowPlain: a password is never sent without TLS',
  ],
  [mail('').replace('smtp://m.example.org', 'm.example.org'), 'notify.a.mail.server: must be the address of a mail server'],
  [mail('').replace('to: a@example.org', 'to: "a@example.org, b@example.org"'), 'notify.a.mail.to: must be a mail address'],
  [
    mail('').replace('from: r@example.org', 'from: "r@example.org\\r\\nBcc: x@example.org"'),
    'notify.a.mail.from: must be a mail address',
  ],
])('faults, each with its place: %s', async (text, said) => {
  const loaded = await load(text);
  expect(loaded.ok ? [] : loaded.faults.map(({ message }) => message)).toEqual([expect.stringContaining(said)]);
});

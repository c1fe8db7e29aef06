/** Mail to receivers of notifications: a real SMTP server, with TLS and without, that takes it, refuses it, or is not there. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MailConfig } from '#config/notify';
import { sendMail } from '#notify/mail';
import { trial } from '#notify/message';
import { Authority, pem, type Signed } from '../../scripts/servers/certificates.ts';

let folder: string;
let authority: Authority;
let signed: Signed;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-mail-'));
  authority = new Authority(folder, 'mail');
  signed = authority.sign('server', 'serverAuth', 'IP:127.0.0.1');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Taken {
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly text: string;
}

async function mailServer(
  options: ConstructorParameters<typeof SMTPServer>[0],
  use: (port: number, taken: Taken[]) => Promise<void>,
) {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disableReverseLookup: true, key: pem(signed.key), cert: pem(signed.cert) },
    onAuth: ({ username, password }, _, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('Invalid username or password')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        taken.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          secure: session.secure,
          text: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  try {
    await use((listening.address() as AddressInfo).port, taken);
  } finally {
    await new Promise<void>((resolve) => server.close(resolve));
  }
}

const config = (port: number, more: Partial<MailConfig> = {}): MailConfig => ({
  ...{ host: '127.0.0.1', port, tls: false, login: { user: 'rollcall', password: 'right' }, from: 'rollcall@example.org' },
  ...{ to: ['ada@example.org', 'bo@example.org'], ca: pem(authority.certificate), allowPlain: false },
  ...more,
});
const MESSAGE = trial('admins', { from: 'https://rollcall.example.org', url: 'https://rollcall.example.org' }, 0);
const send = (to: MailConfig) => sendMail(to, MESSAGE, 10_000);

it('goes out by STARTTLS and by TLS, signed in, to everybody', async () => {
  for (const tls of [false, true])
    await mailServer({ secure: tls }, async (port, taken) => {
      await send(config(port, { tls }));
      expect(taken).toMatchObject([{ to: ['ada@example.org', 'bo@example.org'], secure: true }]);
      expect(taken[0]!.text).toMatch(/^Subject: Rollcall: a trial message$/m);
      expect(taken[0]!.text).toMatch(/^Auto-Submitted: auto-generated$/m);
      expect(taken[0]!.text).toContain(`<${MESSAGE.id}@example.org>`);
    });
});

it('is sent without TLS only where that was said', async () => {
  await mailServer({ disabledCommands: ['STARTTLS'] }, async (port, taken) => {
    const plain = config(port, { login: null });
    await expect(send(plain)).rejects.toMatchObject({ kind: 'configuration' });
    expect(taken).toEqual([]);
    await send({ ...plain, allowPlain: true });
    expect(taken).toMatchObject([{ secure: false }]);
  });
});

it('says what is in the way: a password, a certificate, an address, nobody there', async () => {
  let gone = 0;
  await mailServer(
    { onRcptTo: ({ address }, _, done) => done(address.startsWith('bo') ? new Error('no such user here: Bo Diddley') : null) },
    async (port) => {
      gone = port;
      await expect(send(config(port, { login: { user: 'rollcall', password: 'wrong' } }))).rejects.toMatchObject({
        kind: 'authentication',
      });
      await expect(send(config(port, { ca: null }))).rejects.toMatchObject({ kind: 'configuration' });
      const refused = await send(config(port, { to: ['bo@example.org'] })).catch((error: Error) => error);
      expect(refused).toMatchObject({ kind: 'invalidValue' });
      expect((refused as Error).message).not.toContain('Diddley');
    },
  );
  await expect(send(config(gone))).rejects.toMatchObject({ kind: 'unavailable' });
});

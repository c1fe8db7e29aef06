/** A connection that is encrypted, to a server that proves who it is; and none to one that does not. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Authority, type Signed } from '../../../scripts/servers/certificates.ts';
import { startPostgres } from '../../../scripts/servers/postgres.ts';
import { startMariadb, testOnMariadb } from '../../../test/servers/mariadb.ts';
import { testOnPostgres } from '../../../test/servers/postgres.ts';
import { sql } from './index.ts';

const MINE = 'ours.crt';
const OTHER = 'theirs.crt';
const REFUSED = { kind: 'configuration', message: expect.stringMatching(/^no safe connection/), remedy: expect.any(String) };
const NOT_THEIRS = {
  ...REFUSED,
  message: 'no safe connection: its certificate is not signed by the authority in theirs.crt',
  remedy: expect.stringContaining('signed it'),
};
const NOBODYS = { ...REFUSED, message: 'no safe connection: its certificate is signed by nobody whom this machine trusts' };

testOnPostgres('PostgreSQL is believed by its certificate, and by the name in it', () =>
  withCertificates(async (folder, { cert, key }) => {
    // The server's user reads them, and nobody else the key.
    if (process.getuid?.() === 0) execFileSync('chown', ['postgres', cert, key]);
    chmodSync(folder, 0o755);
    const server = await startPostgres({ settings: { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key } });
    try {
      const { username: user, password, host, pathname } = new URL(server.url);
      const settings = { url: `postgres://${host}${pathname}`, user, password };
      const asked = (tls: object | boolean) =>
        isEncrypted(
          folder,
          { ...settings, tls },
          'select pid as id, ssl as encrypted from pg_stat_ssl where pid = pg_backend_pid()',
        );
      expect(await asked(false)).toBe(false);
      expect(await asked({ ca: MINE })).toBe(true);
      expect(await asked({ ca: MINE, serverName: 'db.example.org' })).toBe(true);
      await expect(asked({ ca: OTHER })).rejects.toMatchObject(NOT_THEIRS);
      await expect(asked(true)).rejects.toMatchObject(NOBODYS);
      await expect(asked({ ca: MINE, serverName: 'other.example.org' })).rejects.toMatchObject(REFUSED);
    } finally {
      await server.stop();
    }
  }),
);

testOnMariadb('MariaDB is believed by its certificate', () =>
  withCertificates(async (folder, { cert, key }) => {
    await using server = await startMariadb({ args: [`--ssl-cert=${cert}`, `--ssl-key=${key}`] });
    const { port, user, password } = server;
    const settings = { url: `mariadb://localhost:${port}/mysql`, user, password };
    const asked = (tls: object | boolean) =>
      isEncrypted(
        folder,
        { ...settings, tls },
        "select 1 as id, variable_value <> '' as encrypted from information_schema.session_status where variable_name = 'Ssl_cipher'",
      );
    expect(await asked(false)).toBe(0);
    expect(await asked({ ca: MINE })).toBe(1);
    await expect(asked({ ca: OTHER })).rejects.toMatchObject(NOT_THEIRS);
    await expect(asked(true)).rejects.toMatchObject(NOBODYS);
  }),
);

/** Of a server at 127.0.0.1, who is db.example.org as well. */
async function withCertificates(run: (folder: string, signed: Signed) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'));
  try {
    new Authority(folder, 'theirs');
    await run(
      folder,
      new Authority(folder, 'ours').sign('server', 'serverAuth', 'IP:127.0.0.1,DNS:localhost,DNS:db.example.org'),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function isEncrypted(folder: string, settings: object, query: string): Promise<unknown> {
  const config = sql.config.parse({ ...settings, kinds: { session: { query, key: 'id' } } });
  const context = { connection: 'tested', folder, limits: { maxObjectBytes: 1000 }, warn: () => undefined };
  const connection = sql.open(config, context);
  try {
    for await (const { objects } of connection.read!.read({ signal: new AbortController().signal }))
      for (const object of objects) if ('attributes' in object) return object.attributes['encrypted'];
    return undefined;
  } finally {
    await connection.close();
  }
}

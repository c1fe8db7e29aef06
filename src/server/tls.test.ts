/** What is said of a pair before browsers refuse it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Authority } from '../../scripts/servers/certificates.ts';
import { readPair, warningsOf } from './tls.ts';

const DAY = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'rollcall-pair-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { cert: certificate, key } = new Authority(folder, 'ours').sign('server', 'serverAuth', 'DNS:localhost');
const files = { certificate, key };

it('expiry is told in time, and a key that others may read', async () => {
  const pair = await readPair(files);
  chmodSync(key, 0o640);
  const said = async (at: number) => (await warningsOf(files, pair, at)).map(({ message, where }) => [message, where.file]);
  expect(await said(pair.from + DAY)).toEqual([]);
  const soon = /^the certificate of the service expires at \d{4}-\d\d-\d\d \d\d:\d\d UTC$/;
  expect(await said(pair.until - DAY)).toEqual([[expect.stringMatching(soon), certificate]]);
  expect(await said(pair.until)).toEqual([[expect.stringMatching(/expired at/), certificate]]);
  expect(await said(pair.from - DAY)).toEqual([[expect.stringMatching(/valid from/), certificate]]);
  if (process.platform === 'win32') return;
  chmodSync(key, 0o644);
  expect(await said(pair.from + DAY)).toEqual([['everybody on this machine may read the key of the service', key]]);
  chmodSync(key, 0o600);
});

it('what cannot be used is named by its file', async () => {
  const other = new Authority(folder, 'theirs').sign('other', 'serverAuth');
  const shut = join(folder, 'shut.key');
  execFileSync('openssl', ['pkey', '-in', key, '-aes256', '-passout', 'pass:opensesame', '-out', shut]);
  const nothing = join(folder, 'nothing.pem');
  writeFileSync(nothing, 'opensesame\n');
  const gone = join(folder, 'gone.pem');
  for (const [pair, file, message] of [
    [{ certificate, key: other.key }, certificate, `the key in ${other.key} is not that of the first certificate`],
    [{ certificate, key: shut }, shut, 'the key has a passphrase'],
    [{ certificate, key: nothing }, nothing, 'this is no private key'],
    [{ certificate: nothing, key }, nothing, 'this is no certificate'],
    [{ certificate, key: gone }, gone, 'this file of server.tls cannot be read (ENOENT)'],
  ] as const)
    await expect(readPair(pair)).rejects.toMatchObject({
      kind: 'configuration',
      message,
      where: { file },
      remedy: expect.any(String),
    });
});

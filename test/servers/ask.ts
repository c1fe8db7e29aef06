/** What servers this run has: given by `verify` or by hand, or asked of the process that runs the tests (setup.ts). */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'vitest';
import type { Kind } from '../../scripts/servers/packages.ts';
import { REQUIRED } from './required.ts';

/** What is told of a server that all tests share; of a kind of which each test starts its own, only that it can. */
export interface Answer {
  readonly told?: unknown;
  /** Why there is none. */
  readonly missing?: string;
}

const NAMES: { readonly [kind in Kind]: string } = {
  postgres: 'PostgreSQL',
  slapd: 'slapd',
  samba: 'Samba',
  mariadb: 'MariaDB',
  ds389: '389 Directory Server',
  promtool: 'promtool',
  systemd: 'systemd',
};
const asked = new Map<Kind, Promise<Answer>>();

export function answer(kind: Kind): Promise<Answer> {
  const one = asked.get(kind) ?? ask(kind);
  asked.set(kind, one);
  return one;
}

/** @throws where there is none. */
export async function told(kind: Kind): Promise<unknown> {
  const given = await answer(kind);
  if (given.missing !== undefined) throw new Error(`no ${NAMES[kind]}: ${given.missing}`);
  return given.told;
}

/** A test that needs that server: skipped, with the reason, where there is none and none is required. */
export function testOn(kind: Kind, name: string, run: () => Promise<void>): void {
  test(name, async ({ skip }) => {
    const { missing } = await answer(kind);
    if (missing !== undefined && !REQUIRED) skip(`no ${NAMES[kind]}: ${missing}`);
    await told(kind);
    await run();
  });
}

async function ask(kind: Kind): Promise<Answer> {
  const given = process.env[`ROLLCALL_TEST_${kind.toUpperCase()}`];
  if (given !== undefined) return { told: kind === 'postgres' ? { url: given } : JSON.parse(given) };
  const servers = process.env['ROLLCALL_TEST_SERVERS'];
  if (servers === undefined) return { missing: 'no test run is there to start one' };
  const socket = connect(servers);
  socket.write(`${kind}\n`);
  return JSON.parse(await text(socket)) as Answer;
}

/** Decision 23: one process goes on; commands beside it do what they always did, and end with it as they should. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORE } from '../store.ts';
import { type Served, served } from './served.ts';

const YAML = `
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    import:
      person:
        join: [employeeId]
        project: true
        attributes: { employeeId: id, givenName: first, familyName: last, displayName: '\${row.first + " " + row.last}', costCenter: { function: './own.mjs#center', reads: [id] } }
notify: { desk: { webhook: { url: 'http://127.0.0.1:9/', secret: '\${file:secret}' } } }
`;
const OWN = (name: string): string => `export const center = ({ id }) => '${name}' + id;`;
const HR = 'id,first,last\n1,Zoë,Çelik\n2,Ada,Lovelace\n';

let here: Served;
beforeAll(async () => {
  here = await served(YAML, { 'hr.csv': HR, 'own.mjs': OWN('k'), secret: 'planted-4711-first' });
});
afterAll(() => here?.close());

const ask = (where: string, init: RequestInit = {}): Promise<Response> => fetch(here.url + where, init);

describe('beside a service', () => {
  it('commands write as ever', async () => {
    const run = await here.command('run', '--json');
    expect(run.err).toBe('');
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({ command: 'run', status: 'done', objects: { person: { created: 2 } } });
    const held = await here.command('hold', 'hr', '--as', 'Ada', '--reason', 'moving');
    expect([held.code, held.err]).toEqual([0, '']);
    const found = await here.command('people', 'celik', '--json');
    expect(JSON.parse(found.out)).toMatchObject({ people: [{ label: 'Zoë Çelik' }] });
    expect((await here.command('release', 'hr', '--as', 'Ada', '--reason', 'moved')).code).toBe(0);
    // It would keep the rights of a file that is there.
    const over = await here.command('person', 'export', 'hr:1', 'hr.csv');
    expect([over.code, over.err]).toEqual([1, expect.stringContaining('hr.csv is there already')]);
    expect(await readFile(path.join(here.folder, 'hr.csv'), 'utf8')).toBe(HR);
  });

  it.skipIf(STORE !== 'sqlite')('a link leads to where it listens (on PostgreSQL a command makes it by itself)', async () => {
    const invited = await here.command('account', 'invite', 'ada', '--role', 'auditor', '--quiet');
    expect(invited.out).toMatch(new RegExp(`^${here.url}/password#[\\w-]{43}\n$`));
    const reset = await here.command('account', 'reset', 'ada', '--quiet');
    expect(reset.out).toContain(`${here.url}/password#`);
  });

  it('whoever disables the last administrator is told', async () => {
    for (const name of ['grace', 'eve'])
      expect((await here.command('account', 'invite', name, '--role', 'administrator')).code).toBe(0);
    expect((await here.command('account', 'disable', 'grace')).out).toBe('✓ grace is disabled.\n');
    expect((await here.command('account', 'disable', 'eve')).out).toContain('No administrator is left.');
  });

  it('a fault is told as ever', async () => {
    const wrong = await here.command('hold', 'nowhere', '--as', 'Ada', '--reason', 'x', '--json');
    expect(wrong.code).toBe(64);
    expect(JSON.parse(wrong.out)).toMatchObject({ command: 'hold', error: { kind: 'notFound' } });
  });

  it.skipIf(STORE !== 'sqlite')(
    'what only a process of its own does is told apart (on PostgreSQL it goes on beside it)',
    async () => {
      const live = await here.command('live');
      expect([live.code, live.err]).toEqual([1, expect.stringContaining("does not do 'live'\n  → end the service first")]);
      const [first, again] = [await here.command('audit', 'export', 'a.jsonl'), await here.command('audit', 'export', 'a.jsonl')];
      expect([first.code, again.code, again.err]).toEqual([
        0,
        1,
        expect.stringMatching(/a\.jsonl is there already[\s\S]*name another file/),
      ]);
    },
  );

  it.skipIf(STORE !== 'sqlite')('no second one begins (on PostgreSQL it may)', async () => {
    const second = await here.command('serve', '--listen', '127.0.0.1:0');
    expect(second.code).toBe(1);
    expect(second.err).toContain('in use');
  });

  it('where it listens no other one does, and is told who does; what is no address is a wrong command', async () => {
    await writeFile(path.join(here.folder, 'other.yaml'), `store: sqlite:other.db\n${YAML}`);
    const { host } = new URL(here.url);
    const listen = (where: string) => here.command('serve', '--config', 'other.yaml', '--listen', where);
    const second = await listen(host);
    expect([second.code, second.err]).toEqual([
      1,
      expect.stringContaining(`cannot listen on ${host}: another Rollcall service listens there`),
    ]);
    expect(second.err).not.toContain('has stopped');
    const wrong = await listen('127.0.0.1:65536');
    expect([wrong.code, wrong.err]).toEqual([64, expect.stringContaining('65536 is no port: they end at 65535')]);
  });
});

describe('for what watches it', () => {
  it.skipIf(STORE !== 'sqlite')(
    'it is alive, ready, and counts for whoever may look (on PostgreSQL a command does its run by itself)',
    async () => {
      for (const where of ['/healthz', '/readyz']) expect(await (await ask(where)).text()).toBe('ok\n');
      expect((await ask('/metrics')).status).toBe(401);
      const made = await here.command('token', 'create', 'prometheus', '--role', 'monitor', '--json');
      const { token } = JSON.parse(made.out) as { token: string };
      const authorization = `Bearer ${token}`;
      expect((await ask('/api/runs', { headers: { authorization } })).status).toBe(403);
      const shown = await ask('/metrics', { headers: { authorization } });
      expect(shown.headers.get('content-type')).toContain('text/plain');
      const text = await shown.text();
      expect(text).toContain('rollcall_runs_total{profile="cycle",status="done"} 1');
      expect(text).toMatch(/rollcall_http_request_seconds_count\{method="GET",route="\/metrics",status="401"\} 1/);
      expect(text).toContain('rollcall_queue_oldest_seconds{queue="dirty",connection=""} 0');
    },
  );
});

describe('over HTTP', () => {
  it('nobody who is not known is answered', async () => {
    for (const where of ['/api/runs', '/api/people', '/api/events']) {
      const answer = await ask(where);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it('what is not there, and what cannot be read, is a problem with its reason', async () => {
    expect(await (await ask('/api/nowhere')).json()).toMatchObject({ status: 404, kind: 'notFound' });
    const headers = { 'content-type': 'application/json' };
    for (const body of ['{', '[1', '"'.repeat(10)])
      expect((await ask('/api/runs', { method: 'POST', headers, body })).status).toBe(400);
    const csv = await ask('/api/runs', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a' });
    expect(await csv.json()).toMatchObject({ status: 415, remedy: 'send JSON, and content-type: application/json with it' });
    expect((await ask('/api/%zz')).status).toBe(400);
  });

  it('what is too deep, and what no store can keep, is refused, and the service goes on', async () => {
    const { out } = await here.command('token', 'create', 'odd', '--role', 'administrator', '--json');
    const { token } = JSON.parse(out) as { token: string };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const lists = '['.repeat(20_000) + ']'.repeat(20_000);
    for (const where of ['/api/connections/hr/hold', '/api/people/1/edits', '/api/runs'])
      for (const body of [lists, `{"a":${lists}}`])
        expect((await ask(where, { method: 'POST', headers, body })).status).toBe(400);
    for (const where of ['/api/accounts?after=%00', '/api/tokens?after=a%00', '/api/people/%00'])
      expect((await ask(where, { headers })).status).toBe(400);
    expect((await ask('/api/runs', { headers })).status).toBe(200);
    // What to do is said as whoever asks can do it.
    expect(await (await ask('/api/runs/999999', { headers })).json()).toMatchObject({
      remedy: "'GET /api/runs' lists the runs that are kept.",
    });
    // Misspelt, it would mean more than was meant.
    for (const [where, body, near] of [
      ['/api/connections/hr/approval', { reason: 'only her', onyl: ['a'] }, "Did you mean 'only'?"],
      ['/api/runs', { conections: ['hr'] }, "Did you mean 'connections'?"],
      ['/api/runs?profile=plan', {}, 'It takes nothing.'],
      ['/api/people?limt=1', null, "Did you mean 'limit'?"],
    ] as const) {
      const init = body === null ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
      const answer = await ask(where, init);
      expect([where, answer.status, ((await answer.json()) as { remedy: string }).remedy]).toEqual([where, 400, near]);
    }
  });

  it('it says what it offers', async () => {
    const description = (await (await ask('/api/openapi.json')).json()) as { openapi: string; paths: object };
    expect(description.openapi).toBe('3.1.0');
    expect(description.paths).toHaveProperty(['/api/runs/{run}', 'get', 'parameters', 0, 'name'], 'run');
  });

  it('who is slow is not waited for beyond what is set, and others are served', async () => {
    const slow = Array.from({ length: 50 }, () => {
      const socket = connect(Number(new URL(here.url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('POST /api/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n');
      return socket;
    });
    expect((await ask('/api/openapi.json')).status).toBe(200);
    for (const socket of slow) socket.destroy();
  });
});

describe('when rollcall.yaml changes', () => {
  const file = () => path.join(here.folder, 'rollcall.yaml');
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  /** Each once it is over. */
  const told = async () => (await here.printed()).split('\n').filter((line) => line.includes('rollcall.yaml was taken over'));

  it('a file with faults is told, and the service goes on as before', async () => {
    const right = await readFile(file(), 'utf8');
    await writeFile(file(), right.replace('anchor: id', 'ancor: id'));
    await until(async () => (await here.printed()).includes('goes on with the configuration that it has'));
    expect((await ask('/api/openapi.json')).status).toBe(200);
    await writeFile(file(), right);
  });

  it('what comes of it is worked out, and it is taken over', async () => {
    const before = await readFile(file(), 'utf8');
    await writeFile(file(), before.replace('familyName: last,', 'familyName: last, initials: id,'));
    await until(async () => (await here.command('explain', 'Zoë Çelik', 'initials', '--json')).out.includes('"value":"1"'));
    const noted = async () => (await here.command('audit', '--action', 'configuration', '--json')).out;
    await until(async () => (await noted()).includes('configuration.change'));
    expect(JSON.parse(await noted()).events[0]).toMatchObject({
      by: 'rollcall',
      as: 'system',
      after: { objects: 2, exports: 0 },
    });
    await until(async () => (await told()).at(-1)?.includes('"objects":2') === true);
  });

  it('so it is with what it names: code is worked out, a secret alone is put in its place', async () => {
    const { length } = await told();
    await writeFile(path.join(here.folder, 'own.mjs'), OWN('cc'));
    await until(async () => (await told()).length > length);
    expect((await here.command('explain', 'Zoë Çelik', 'costCenter', '--json')).out).toContain('"value":"cc1"');
    const last = async () => JSON.parse((await here.command('runs', '--limit', '1', '--json')).out).runs[0].run;
    const run = await last();
    await writeFile(path.join(here.folder, 'secret'), 'planted-4711-second');
    await until(async () => (await told()).length > length + 1);
    expect((await told()).at(-1)).toContain('"objects":0,"exports":0');
    expect(await last()).toBe(run);
  });
});

describe('its end', () => {
  it('is clean, it begins again after a kill, and leaves no socket behind', async () => {
    expect(await here.stop()).toBe(0);
    expect(await here.printed()).toContain('Stopped.');
    expect(existsSync(path.join(here.folder, 'rollcall.db.sock'))).toBe(false);
    await here.start();
    await here.stop('SIGKILL');
    await here.start();
    const { code, out } = await here.command('people', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([0, { people: { length: 2 } }]);
  });

  it('comes also where it has just begun with what was left', async () => {
    await here.stop();
    const more = Array.from({ length: 100 }, (_, i) => `${i + 3},Given ${i},Family ${i}\n`);
    await writeFile(path.join(here.folder, 'hr.csv'), HR + more.join(''));
    const read = await here.command('run', '--profile', 'full-import', '--json');
    expect([read.code, read.err]).toEqual([0, '']);
    await here.start();
    expect(await here.stop()).toBe(0);
  });
});

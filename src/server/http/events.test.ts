import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createBroadcast } from './events.ts';

it('what is as it was when it was last said is not said again', async () => {
  const broadcast = createBroadcast();
  const server = createServer((_, response) => void broadcast.add(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const progress = (connection: string, done: number): void =>
    broadcast.tell({ what: 'progress', progress: { phase: 'import', connection, done, total: 2 } });
  const ended = {
    what: 'run',
    run: 1,
    profile: 'cycle',
    beside: false,
    status: 'done',
    elapsedMs: 1,
    connections: [],
    faultCount: 0,
  } as const;
  for (const done of [0, 0, 1, 1]) {
    progress('hr', done);
    progress('dir', 0);
  }
  broadcast.tell({ ...ended, failed: [], notices: [] });
  progress('hr', 1);
  broadcast.close();
  const said = [...(await answer.text()).matchAll(/^data: (.*)$/gm)].map(([, text]) => JSON.parse(text!));
  expect(said.map(({ what, progress: of }) => (of === undefined ? what : [of.connection, of.done]))).toEqual([
    ['hr', 0],
    ['dir', 0],
    ['hr', 1],
    'run',
    ['hr', 1],
  ]);
  server.close();
});

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { WrongCommand } from '#core/unknown-name';
import { addressOf, cannotListen } from './listen.ts';

it('an address is a host and a port, or a port of this machine', () => {
  expect(addressOf(undefined)).toEqual({ host: '127.0.0.1', port: 7655 });
  expect(addressOf(':80')).toEqual({ host: '127.0.0.1', port: 80 });
  expect(addressOf('[::1]:0')).toEqual({ host: '::1', port: 0 });
  for (const text of ['', '80', 'host', 'host:', 'host:65536', 'host:-1', 'host:123456', 'a b:1', '[::1:1'])
    expect(() => addressOf(text)).toThrow(WrongCommand);
});

it('what has the port is told of, also where it says nothing sensible', async () => {
  const other = createServer((socket) => socket.end('220 hello\r\n')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = { host: '127.0.0.1', port: (other.address() as AddressInfo).port };
  const second = createServer().listen(address);
  const [error] = (await once(second, 'error')) as unknown[];
  const told = await cannotListen(address, error);
  expect(told).toMatchObject({
    kind: 'conflict',
    message: `cannot listen on 127.0.0.1:${address.port}: another program listens there`,
  });
  expect(told.remedy).toContain(`lsof -i :${address.port}`);
  other.close();
});

import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { offerExport } from './export.ts';

it('who asks for the headers alone has nothing of the log read', async () => {
  let parts = 0;
  const app = Fastify();
  offerExport(app, {
    identified: async () => ({
      name: 'Ada',
      caller: { kind: 'person', name: 'Ada', token: null, source: null },
      who: null,
      may: () => true,
      lost: null,
    }),
    reads: async () => ({ ask: async () => ({ text: 'a line\n', events: 1, segments: 0, next: parts++ === 0 ? {} : null }) }),
  });
  const asked = async (method: 'GET' | 'HEAD') => {
    const { statusCode, headers, body } = await app.inject({ method, url: '/api/audit/export' });
    return [statusCode, headers['content-type'], headers['content-length'], body, parts];
  };
  expect(await asked('HEAD')).toEqual([200, 'application/x-ndjson', undefined, '', 0]);
  expect(await asked('GET')).toEqual([200, 'application/x-ndjson', undefined, 'a line\na line\n', 2]);
});

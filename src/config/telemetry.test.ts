/** Where traces go: rollcall.yaml first, then OpenTelemetry's own variables. */
import { expect, test } from 'vitest';
import { FAKES } from './fakes.ts';
import { loadConfiguration } from './load.ts';

const load = (yaml: string, env: Record<string, string> = {}) =>
  loadConfiguration({ file: '/x/rollcall.yaml', definitions: FAKES, env, readFile: async () => `${yaml}\nconnections: {}\n` });
const traces = async (yaml: string, env?: Record<string, string>) => {
  const loaded = await load(yaml, env);
  return loaded.ok ? loaded.config.telemetry.traces : loaded.faults.map(({ message }) => message);
};
const FILE = "telemetry: { traces: { url: 'http://c:4318/v1/traces', headers: { key: '${env:KEY}' }, sample: 0.5 } }";

test('nowhere, unless somebody says so', async () => {
  expect(await traces('')).toBeNull();
  expect(await traces('', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' })).toEqual({ url: null, headers: {}, sample: null });
  expect(await traces('', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_SDK_DISABLED: 'true' })).toBeNull();
});

test('the file says it all; its secrets are not printed, and not written out', async () => {
  const found = await traces(FILE, { KEY: 'hidden key', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other:4318' });
  expect(found).toMatchObject({ url: 'http://c:4318/v1/traces', headers: { key: 'hidden key' }, sample: 0.5 });
  expect(JSON.stringify(found)).not.toContain('hidden');
  expect(await traces(FILE.replace('${env:KEY}', 'hidden key'))).toEqual([expect.stringContaining('secret')]);
  expect(await traces('telemetry: { traces: { url: ftp://c } }')).toEqual([
    'telemetry.traces.url: must be an http or https address',
  ]);
});

/** `telemetry` of the file, and what the environment says of the same (OpenTelemetry's own variables). */
import type { Collector } from './collect.ts';
import { conceal } from './secrets/conceal.ts';
import { resolveReferences, type Sources } from './secrets/references.ts';
import { telemetry as shape } from './shape/telemetry.ts';
import { isSecret } from './shape/walk.ts';

export interface TelemetryConfig {
  /** Null: nothing is traced. */
  readonly traces: {
    /** Null: as the environment says. */
    readonly url: string | null;
    readonly headers: { readonly [name: string]: string };
    readonly sample: number | null;
  } | null;
}

export interface WrittenTelemetry {
  readonly traces?: { readonly url: string; readonly headers?: { readonly [name: string]: string }; readonly sample?: number };
}

/** Faults are reported; what is answered then is of no use. */
export async function readTelemetry(written: WrittenTelemetry, sources: Sources, collect: Collector): Promise<TelemetryConfig> {
  const { data, references } = await resolveReferences(
    written,
    (path) => isSecret(shape, path),
    sources,
    (inner, message, remedy) => collect.fault(['telemetry', ...inner], 'value', message, remedy),
  );
  const { traces } = data as WrittenTelemetry;
  if (traces === undefined) return { traces: wantedBy(sources.env) ? { url: null, headers: {}, sample: null } : null };
  if (!/^https?:$/.test(URL.parse(traces.url)?.protocol ?? ''))
    collect.fault(
      ['telemetry', 'traces', 'url'],
      'value',
      'must be an http or https address',
      'write it as http://collector:4318/v1/traces',
    );
  const config = { url: traces.url, headers: { ...traces.headers }, sample: traces.sample ?? null };
  const inside = references.flatMap(([key, ...inner]) => (key === 'traces' ? [inner] : []));
  conceal(config, written.traces, inside);
  return { traces: config };
}

function wantedBy(env: Sources['env']): boolean {
  if (env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return false;
  return (env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '') !== '';
}

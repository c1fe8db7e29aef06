/** What is shown to those who watch elsewhere, as it is written under `telemetry`. References are resolved later. */
import { z } from 'zod';

const text = z.string().min(1).max(2_000);

export const telemetry: z.ZodType = z.strictObject({
  traces: z
    .strictObject({
      url: text.describe(
        'Where traces go, by OTLP over HTTP with JSON: `http://collector:4318/v1/traces`. Default: what `OTEL_EXPORTER_OTLP_ENDPOINT` says, or nowhere.',
      ),
      headers: z
        .record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'must be the name of a header'), text.meta({ secret: true }))
        .optional()
        .describe('Headers sent along, such as a key of the one who takes them.'),
      sample: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe(
          'The share of traces that is sent, where whoever asks has not decided. Default: what `OTEL_TRACES_SAMPLER` says, or 1.',
        ),
    })
    .optional()
    .describe('Of requests, runs, their phases, what systems are asked, and commits (OpenTelemetry).'),
});

/** The audit log, all of it, as a file to take away (docs/guide/audit.md). */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AuditLinesOutput, auditLines } from '#operations/audit-lines';
import type { ServiceThread } from '#worker/thread';
import type { Identity } from './identity.ts';
import { NO_QUERY, refuseUnknown } from './shapes.ts';

export interface ExportOptions {
  readonly reads: () => Promise<Pick<ServiceThread, 'ask'>>;
  /** Errors: authentication, permission. */
  readonly identified: (request: FastifyRequest, permission: (typeof auditLines)['permission']) => Promise<Identity>;
}

export function offerExport(app: FastifyInstance, { reads, identified }: ExportOptions): void {
  app.get('/api/audit/export', async (request, reply) => {
    const { who, caller } = await identified(request, auditLines.permission);
    refuseUnknown(request.query, NO_QUERY);
    const answered = (text: AsyncIterable<string> | []): FastifyReply =>
      reply
        .type('application/x-ndjson')
        .header('content-disposition', 'attachment; filename="audit.jsonl"')
        .send(Readable.from(text, { highWaterMark: 1 }));
    // Of a stream nobody says a length that is not read.
    if (request.method === 'HEAD') return answered([]);
    const partAfter = async (after: AuditLinesOutput['next']): Promise<AuditLinesOutput> => {
      const asked = { ask: 'operation', name: auditLines.name, input: { after, who }, caller, url: null } as const;
      return (await (await reads()).ask(asked)) as AuditLinesOutput;
    };
    // What is wrong with the first part is still an answer of its own.
    const first = await partAfter(null);
    return answered(texts(first, partAfter));
  });
}

/** The next part is asked for when the one before it was taken. */
async function* texts(
  first: AuditLinesOutput,
  partAfter: (after: AuditLinesOutput['next']) => Promise<AuditLinesOutput>,
): AsyncGenerator<string> {
  for (let part = first; ; part = await partAfter(part.next)) {
    yield part.text;
    if (part.next === null) return;
  }
}

/**
 * Others tell of a change by HTTP, or push what there is now: a POST to `/hooks/<connection>` (docs/decisions/0024). Answered when what
 * follows from it is in the store, or when it is noted that it is to be looked at. Transport only.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { auditEvent } from '#audit/event';
import { RollcallError } from '#core/errors';
import type { AuditEvent } from '#store/contract';
import type { Woken } from '#worker/contract';
import type { ServiceEvent } from '#worker/events';
import type { ServiceThread } from '#worker/thread';
import { refuseOthers } from '../http/methods.ts';
import { jsonOf, objectsOf } from './objects.ts';
import { pushed } from './pushed.ts';
import { createSenders, type Sender, type SenderOptions } from './sender.ts';

export interface HookOptions extends SenderOptions {
  readonly works: Pick<ServiceThread, 'ask'>;
  readonly tell: (event: ServiceEvent) => void;
  readonly note: (events: readonly AuditEvent[]) => Promise<unknown>;
}

const MOST_BODY = 1_048_576;

export async function hooks(app: FastifyInstance, options: HookOptions): Promise<void> {
  const { hooks: known, works, tell, note, wall } = options;
  const senders = createSenders(options);
  const sent = new WeakMap<FastifyRequest, Sender>();
  refuseOthers(app, new Map([['/hooks/:connection', new Set(['POST'])]]));
  const nameOf = ({ params }: FastifyRequest): string => (params as { readonly connection: string }).connection;
  await app.register(async (base) => {
    // Its bytes are what is signed.
    base.removeAllContentTypeParsers();
    base.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BODY }, (_request, body, done) => done(null, body));
    base.addHook('onRequest', async (request) => void sent.set(request, await senders.of(request, nameOf(request))));
    base.addHook('onError', async (request) => {
      if (known.has(nameOf(request))) tell({ what: 'hook', connection: nameOf(request), outcome: 'refused' });
    });
    base.post('/hooks/:connection', async (request, reply) => {
      const connection = nameOf(request);
      const sender = sent.get(request)!;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      senders.check(connection, sender, request, body);
      const hook = known.get(connection);
      if (hook === undefined) throw new RollcallError('notFound', 'nothing is told to this connection');
      const json = jsonOf(request.headers['content-type'], body);
      if (hook.requests !== null) {
        const answer = await pushed({ connection, body: json, sender, id: idOf(request) }, hook.requests, works);
        tell({ what: 'hook', connection, outcome: 'done' });
        return answer;
      }
      const objects = objectsOf(json, hook.object);
      const woken = (await works.ask({ ask: 'wake', wake: { connection, objects, by: sender.by } })) as Woken;
      // Who hears no answer tells again.
      await note([auditEvent({ at: wall(), action: 'hook.wake', actor: sender.actor, subject: { connection }, after: woken })]);
      tell({ what: 'hook', connection, outcome: woken.done ? 'done' : 'noted' });
      return reply.code(woken.done ? 200 : 202).send(woken);
    });
  });
}

const LONGEST_ID = 200;

/** Errors: invalidValue. */
function idOf({ headers }: FastifyRequest): string | null {
  const id = headers['webhook-id'];
  if (id === undefined) return null;
  if (typeof id === 'string' && id !== '' && id.length <= LONGEST_ID) return id;
  throw new RollcallError('invalidValue', `webhook-id must have 1 to ${LONGEST_ID} characters`);
}

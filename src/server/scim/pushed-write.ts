/** POST, PUT, PATCH and DELETE of one resource: handed to the loop that works, answered when it is durable and worked out. */
import { RollcallError } from '#core/errors';
import { ScimError } from '#protocols/scim/errors';
import type { ScimAnswer, ScimRequest } from '#protocols/scim/request';
import type { Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import type { Pushed } from './pushed-item.ts';
import type { ScimServices } from './service.ts';

/** Null where it is gone. @throws ScimError */
export async function write(
  id: string,
  request: ScimRequest,
  type: ScimResourceType,
  { connection, base, by, actor }: Pushed,
  { works }: ScimServices,
): Promise<Resource | null> {
  const kind = base.kindOf[type.name]!;
  const receive = { connection, by, actor, request: { kind, anchor: id, body: request } };
  let answer: ScimAnswer;
  try {
    answer = (await works.ask({ ask: 'receive', receive })) as ScimAnswer;
  } catch (error) {
    throw refusedBy(error);
  }
  if ('error' in answer) throw new ScimError(Number(answer.error.status), answer.error.scimType, answer.error.detail);
  return answer.resource;
}

/** What kept the loop that works from taking it. */
export function refusedBy(error: unknown): unknown {
  if (!(error instanceof RollcallError)) return error;
  if (error.kind === 'conflict' || error.kind === 'unavailable') return new ScimError(503, undefined, error.message);
  if (error.kind === 'invalidValue') return new ScimError(400, 'invalidValue', error.message);
  return error;
}

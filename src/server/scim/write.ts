/** POST, PUT, PATCH and DELETE of one resource: handed to the loop that works, answered when it is durable and worked out. */
import { RollcallError } from '#core/errors';
import { ScimError } from '#protocols/scim/errors';
import type { ScimAnswer, ScimRequest } from '#protocols/scim/request';
import type { Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import { newResourceId } from './id.ts';
import type { Asked, ScimServices } from './service.ts';

export interface Written {
  /** Null where it is gone. */
  readonly resource: Resource | null;
  readonly changed: boolean;
}

/** @throws ScimError */
export async function create(body: unknown, type: ScimResourceType, asked: Asked, services: ScimServices): Promise<Written> {
  return await write(newResourceId(services.wall()), { do: 'create', body }, type, asked, services);
}

/** @throws ScimError */
export async function write(
  id: string,
  request: ScimRequest,
  type: ScimResourceType,
  { connection, base, by, actor }: Asked,
  { works }: ScimServices,
): Promise<Written> {
  const kind = base.kindOf[type.name]!;
  const receive = { connection, by, actor, request: { kind, anchor: id, body: request } };
  let answer: ScimAnswer;
  try {
    answer = (await works.ask({ ask: 'receive', receive })) as ScimAnswer;
  } catch (error) {
    throw refusedBy(error);
  }
  if ('error' in answer) throw new ScimError(Number(answer.error.status), answer.error.scimType, answer.error.detail);
  return answer;
}

/** What kept the loop that works from taking it. */
function refusedBy(error: unknown): unknown {
  if (!(error instanceof RollcallError)) return error;
  if (error.kind === 'conflict' || error.kind === 'unavailable') return new ScimError(503, undefined, error.message);
  if (error.kind === 'invalidValue') return new ScimError(400, 'invalidValue', error.message);
  return error;
}

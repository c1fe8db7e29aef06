/** A resource that goes. */
import type { WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { flagOf } from './config.ts';
import type { Writing } from './writing.ts';

export async function deleteResource(writing: Writing): Promise<WriteResult> {
  const { item, service, place } = writing;
  if (place.type.name === 'User' && flagOf(service.config, 'deletesUsers') === false)
    throw new RollcallError('permission', `${service.title} deletes no users`, {
      where: { object: item.anchor! },
      remedy: 'set `deprovision: { action: disable }`',
    });
  const answer = await writing.send({ method: 'DELETE', path: writing.path });
  if (answer.status < 200 || answer.status > 299) throw writing.refusal('is not deleted', answer);
  return { ok: true, anchor: item.anchor! };
}

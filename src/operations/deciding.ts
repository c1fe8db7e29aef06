/**
 * For operations that decide: what they decide leaves an event in the audit log, with the way by which whoever asks came, and why it
 * cannot be decided names people as they see them.
 */
import { audited } from '#audit/decided';
import { parseImage } from '#core/canonical';
import type { GatedSurroundings } from '#decisions/decision';
import type { Session, SessionServices } from './operation.ts';
import { sightOf } from './shown.ts';
import type { Asker } from './who.ts';

export async function deciding(
  session: Session,
  who: Asker,
): Promise<SessionServices & Required<Pick<GatedSurroundings, 'called'>>> {
  const services = await session.services('write');
  const sight = sightOf(who, services);
  return {
    ...services,
    store: audited(services.store, session.caller),
    called: (person) => sight.label(person, parseImage(person.attributes)),
  };
}

/** For operations about accounts and tokens: what they do leaves an event in the audit log, with the way by which whoever asks came. */
import { auditedAccess } from '#audit/access';
import type { Session, SessionServices } from './operation.ts';

export async function managing(session: Session): Promise<SessionServices> {
  const services = await session.services('write');
  const access = auditedAccess(services.store.access, session.caller, services.wall);
  return { ...services, store: { ...services.store, access } };
}

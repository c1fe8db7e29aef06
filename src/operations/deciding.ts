/** For operations that decide: what they decide leaves an event in the audit log, with the way by which whoever asks came. */
import { audited } from '#audit/decided';
import type { Session, SessionServices } from './operation.ts';

export async function deciding(session: Session): Promise<SessionServices> {
  const services = await session.services('write');
  return { ...services, store: audited(services.store, session.caller) };
}

/** A create that a target answered with an account that it had, and that is somebody else's. */
import type { Fault } from './errors.ts';

/** As the create is refused and its account parked. */
export function notNew(connection: string, anchor: string): Fault {
  return {
    kind: 'conflict',
    message: `${connection} answered with the account ${anchor}, which is somebody else's: it took a new one for one that it had`,
    where: { connection, object: anchor },
    remedy:
      'look at that account in the target, and at what it takes for the same person; then try it again, or link the right one',
  };
}

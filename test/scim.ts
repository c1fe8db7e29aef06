/** For tests of what is received: how a request was refused. */
import { ScimError } from '#protocols/scim/errors';

/** `400 invalidValue`, `413`, or `not refused`. */
export function refused(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    return error.scimType === undefined ? String(error.status) : `${error.status} ${error.scimType}`;
  }
  return 'not refused';
}

/** Links that are good once: the first administrator, and a password that somebody chooses for an account. */
import type { AccessLink, Store } from '#store/contract';
import { hashOf, newSecret } from './secret.ts';

export const LINK_LIFETIME_MS = 86_400_000;

interface Surroundings {
  readonly access: Store['access'];
  readonly wall: () => number;
}

/** What stands behind the `#` of the link: browsers keep that from servers, and so from their logs. Of an account the last one is good. */
export async function newLink(
  { access, wall }: Surroundings,
  purpose: AccessLink['purpose'],
  account: string | null,
): Promise<{ readonly secret: string; readonly expiresAt: number }> {
  const secret = newSecret();
  const createdAt = wall();
  const expiresAt = createdAt + LINK_LIFETIME_MS;
  await access.addLink({ hash: hashOf(secret), purpose, account, createdAt, expiresAt });
  return { secret, expiresAt };
}

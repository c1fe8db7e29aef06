/** How every run begins, a push as well. */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import type { AuditEvent } from '#store/contract';
import type { Beside } from './beside.ts';
import type { Services } from './model.ts';
import { type Opened, openSession, type Session } from './services.ts';

/**
 * Opens what a run works with, and begins it (`begun`). `now` in ms; time never goes back behind a run that was: a clock set back waits for
 * itself.
 */
export async function begin(
  of: {
    profile: string;
    by: string;
    now: number;
    beside: Beside;
    whatIf?: boolean;
    opened?: Opened;
    audit?: readonly AuditEvent[];
  },
  services: Services,
): Promise<Session> {
  const { store, config } = services;
  const latest = await store.runs.latestNow();
  const now = Math.max(of.now, latest);
  const rulesHash = sha256Hex(canonicalJson(config.connections.map((c) => [c.name, c.rulesHash])));
  const beginning = store.runs.begin({
    profile: of.profile,
    now,
    startedAt: services.wall(),
    by: of.by,
    rulesHash,
    brief: of.profile === 'push',
    ...(of.audit === undefined ? {} : { audit: of.audit }),
  });
  beginning.catch(() => undefined);
  // Before any run settled it, no run was to doubt it.
  const believedNow = of.whatIf ? now : (await store.runs.believedNow()) || latest;
  const opened = of.opened === undefined ? {} : { opened: of.opened };
  return await openSession(services, {
    begun: beginning,
    now,
    believedNow,
    turns: of.beside.turns,
    whatIf: of.whatIf === true,
    ...opened,
  });
}

/** Its number is known then. Where it cannot begin, what it opened is closed. */
export async function begun(session: Session): Promise<void> {
  try {
    await session.context.begun;
  } catch (error) {
    await session.close();
    throw error;
  }
}

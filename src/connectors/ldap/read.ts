/** Everything below the bases. */
import type { Page } from '#connectors/contract';
import type { Fault } from '#core/errors';
import { skippedIn } from '../files/skipped.ts';
import { currentCursor } from './changes.ts';
import { basesOf } from './config.ts';
import { searchPages } from './pages.ts';
import { attributesFor, cutShort, filterFor, findingOf, type Reading } from './reading.ts';
import { readElsewhere, unfollowed } from './referrals.ts';
import type { Live } from './session.ts';
import { viewOf } from './view.ts';

/** `placed`: the connection of which the cursor is that was taken for this read; null for none. */
export async function* readEverything(
  reading: Reading,
  signal: AbortSignal,
  restarted: boolean,
  placed: Live | null,
): AsyncGenerator<Page> {
  const { config, session, warn } = reading;
  let again = restarted ? { restarted } : {};
  signal.throwIfAborted();
  const live = await session.live();
  // Another server may answer by now, which is behind: what it does not have yet must not count as read.
  const next = placed === null || placed === live ? {} : { next: await currentCursor(reading, live) };
  const view = viewOf(config, live, reading.clears);
  const skipped = skippedIn(live.address, 'entries', warn);
  const finding = findingOf(reading, live, view, skipped);
  const names = new Set<string>();
  const elsewhere: (readonly string[])[] = [];
  let reason: Fault | undefined;
  for (const base of basesOf(config)) {
    const request = { base: base.dn, scope: base.scope, filter: filterFor(config, view), attributes: attributesFor(live) };
    for await (const { entries, references, result } of searchPages(finding, request, signal, names)) {
      yield { objects: entries, ...again };
      again = {};
      elsewhere.push(...references);
      if (result !== null) reason ??= cutShort(base.dn, result);
    }
  }
  if (config.referrals === 'follow')
    for await (const objects of readElsewhere(reading, skipped, elsewhere, names, signal)) yield { objects };
  else for (const fault of unfollowed(elsewhere, live)) warn(fault);
  signal.throwIfAborted();
  reason ??= skipped.reason();
  const known = Object.keys(live.schema);
  yield {
    objects: [],
    ...again,
    end:
      reason === undefined
        ? { complete: true, ...next, ...(known.length === 0 ? {} : { attributes: [...new Set([...known, ...names])] }) }
        : { complete: false, reason },
  };
}

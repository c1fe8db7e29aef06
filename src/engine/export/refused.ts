/**
 * Changes that a target refused for a reason that lies in the system or its set-up: a right that is missing, or the place of a new
 * account. That is mended there, where Rollcall does not see it, so the same change goes out again (SEMANTICS 9). What was refused for
 * its value waits for another value.
 */
import type { StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { modeOf } from '../safety/mode.ts';

const PAGE = 1_000;

/** Those of this connection that go out again by themselves until then, ms, in pages. */
export async function* againUntil(
  { store }: Pick<EngineContext, 'store'>,
  connection: string,
  again: number,
): AsyncGenerator<readonly StagedRow[]> {
  for (let after = 0; ; ) {
    const page = await store.exports.list(connection, ['failed'], { after, limit: PAGE, again });
    yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

/** Puts them back among those to be sent, those that may wait for another attempt too where it is `atOnce`. The gates are yet to count them. */
export async function tryRefused(context: EngineContext, connection: EngineConnection, atOnce: boolean): Promise<void> {
  const { name, exports } = connection;
  if (exports.size === 0 || modeOf(context, connection) !== 'on' || context.rests(name)) return;
  const { failed = 0 } = await context.store.exports.counts(name);
  if (failed === 0) return;
  for await (const page of againUntil(context, name, atOnce ? Number.MAX_SAFE_INTEGER : context.wall())) {
    const rows = page.map(({ id, export: wish }) => {
      const { revision, approved, discarded } = wish!;
      // branch: retries: refused for what may be mended there
      return { id, revision, state: 'waiting' as const, holdId: null, approved, discarded };
    });
    if (rows.length > 0) await context.store.exports.mark({ connection: name, epoch: context.epoch, rows });
  }
}

/** Who is looked at again because of what a target's read says about accounts that are not theirs (SEMANTICS 4 and 7). */
import { type EngineConnection, type EngineContext, stateOf } from '../context.ts';

const PAGE = 1_000;

/**
 * Before the first complete read of a target nobody is given an account there: those who are known already, since it could
 * not be read or is new, are looked at once it was. Noted before the read, so that it is not lost between the two.
 */
export async function beforeFirstRead(context: EngineContext, connection: EngineConnection): Promise<void> {
  if (connection.exports.size === 0 || stateOf(context, connection.name).lastCompleteRead !== null) return;
  if (Object.values(await context.store.people.counts()).every((count) => count === 0)) return;
  await context.store.sync.markDirty(
    [{ subject: 'object', from: 1, to: Number.MAX_SAFE_INTEGER, cause: 'first read' }],
    context.epoch,
  );
}

/** A target that changed may have freed a name: those whose account could not be created for it are looked at again. */
export async function afterChanges(context: EngineContext, connection: EngineConnection): Promise<void> {
  if (connection.exports.size === 0) return;
  const filter = { kind: 'accountExists', connection: connection.name };
  for (let after = 0; ; ) {
    const page = await context.store.decisions.parked(filter, { after, limit: PAGE });
    const ids = page.flatMap(({ objectId }) => (objectId === null ? [] : [objectId]));
    if (ids.length > 0)
      await context.store.sync.markDirty(
        ids.map((id) => ({ subject: 'object', from: id, to: id, cause: 'name' })),
        context.epoch,
      );
    if (page.length < PAGE) return;
    after = page[page.length - 1]!.id;
  }
}

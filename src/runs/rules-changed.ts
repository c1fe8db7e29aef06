/** Rules that differ from those that produced the data: whom they concern is looked at again, through the gates (SEMANTICS 14). */
import type { Configuration } from '#config/model';
import { type EngineContext, isMissing } from '#engine/index';

const ALL = Number.MAX_SAFE_INTEGER;

export async function noticeChangedRules(context: EngineContext, config: Configuration): Promise<void> {
  for (const connection of config.connections) {
    const state = context.states.get(connection.name);
    if (!state || state.rulesHash === connection.rulesHash) continue;
    if (state.rulesHash !== null) {
      context.notice(
        'rulesChanged',
        connection.name,
        `the rules of ${connection.name} changed; everybody they concern is looked at again`,
        "'rollcall plan' shows what comes of it",
      );
      await context.store.sync.markDirty(
        [
          { subject: 'staged', from: 1, to: ALL, cause: `rules:${connection.name}` },
          ...(connection.exports.size > 0
            ? [{ subject: 'object' as const, from: 1, to: ALL, cause: `rules:${connection.name}` }]
            : []),
        ],
        context.epoch,
      );
    }
  }
}

/** After a sync that saw everything: the data is of these rules now. */
export async function rememberRules(context: EngineContext, config: Configuration): Promise<void> {
  for (const connection of config.connections) {
    const state = context.states.get(connection.name);
    // With which settings something was read, its reads remember.
    const configHash = state && state.lastCompleteRead !== null ? state.configHash : connection.configHash;
    if (state && state.rulesHash === connection.rulesHash && state.configHash === configHash) continue;
    await context.store.spaces.saveState(connection.name, { rulesHash: connection.rulesHash, configHash }, context.epoch);
  }
}

/** Connections the store knows and the file does not: their data and the values they gave stay as they are. */
export function noticeMissing(context: EngineContext): void {
  for (const { name } of context.states.values())
    if (isMissing(context, name)) {
      // branch: holds: a connection missing from the file
      context.notice(
        'heldConnection',
        name,
        `${name} is not in the configuration any more; its data and the values it gave stay as they are`,
        `put it back; to go on without it, run: rollcall release ${name}`,
      );
    }
}

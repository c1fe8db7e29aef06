/** What an account is known by in its target never changes (GLOSSARY, anchor): what would change it is held, and told, before anything is sent. */
import type { Attributes, Kind } from '#core/values';
import type { StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import type { Evaluated } from './evaluate.ts';
import { park } from './export-rules.ts';

/** Asked for every account that changes; the same for as long as the settings are. */
const anchors = new WeakMap<EngineConnection, Map<Kind, readonly string[]>>();

function anchorsOf(connection: EngineConnection, kind: Kind): readonly string[] {
  let kinds = anchors.get(connection);
  if (kinds === undefined) {
    kinds = new Map();
    anchors.set(connection, kinds);
  }
  const known = kinds.get(kind) ?? connection.definition.anchors?.(connection.settings, kind) ?? [];
  kinds.set(kind, known);
  return known;
}

/** Takes out of `wanted` what would change the anchor; the rest goes. */
export function keepAnchor(
  context: EngineContext,
  one: Evaluated,
  connection: EngineConnection,
  row: StagedRow,
  wanted: Attributes,
): void {
  for (const attribute of anchorsOf(connection, row.kind)) {
    if (!(attribute in wanted)) continue;
    delete wanted[attribute];
    const message =
      'it is what the account is known by there, which never changes; it keeps the one it has, and everything else is written';
    const remedy = `if this is somebody else, take the account from them: 'rollcall unlink ${connection.name} ${row.anchor}'; if their number changed, remove the account there, and it is made anew`;
    park(context, one, connection, { message, remedy }, attribute);
  }
}

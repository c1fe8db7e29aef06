/**
 * `rename` of a parked item `accountExists`: the account in the target is somebody else's, so this person gets another unique
 * value, as a fixed one: the one that is given, or the next candidate where Rollcall makes it (SEMANTICS 7).
 */
import { RollcallError } from '#core/errors';
import { givenBy, inTheWay, isFreeFor, nextCandidate, type RenameContext } from '#runs/reasons';
import type { ObjectRow, ParkedRow } from '#store/contract';
import type { Decider } from './decision.ts';
import { type Fixed, fix } from './fix.ts';

export interface RenameSurroundings {
  readonly store: RenameContext['store'];
  readonly config: Pick<RenameContext, 'connections' | 'kinds'>;
}
export interface Renamed extends Fixed {
  readonly attribute: string;
}

/** `value`: as typed; undefined = the next candidate. Errors: conflict, invalidValue. */
export async function rename(
  item: ParkedRow,
  value: string | undefined,
  by: Decider,
  { store, config }: RenameSurroundings,
): Promise<Renamed> {
  const object = (await store.sync.objects([item.objectId!]))[0]!;
  const context: RenameContext = { store, connections: config.connections, kinds: config.kinds, now: by.at };
  const attribute = attributeOf(item, object, config);
  const type = config.kinds.get(object.kind)!.attributes.get(attribute)!;
  const chosen = value ?? (await made(context, object, attribute, item));
  if (value !== undefined && !(await isFreeFor(context, object, type, value)))
    throw new RollcallError(
      'conflict',
      `'${value}' is no free ${attribute}: somebody has it or had it, or it is in a target already.`,
      {
        remedy: 'Choose another one.',
      },
    );
  const detail = { parked: item.kind };
  return { attribute, ...(await fix({ object, attribute, values: [chosen], detail }, by, { store, config })) };
}

function attributeOf(item: ParkedRow, object: ObjectRow, config: RenameSurroundings['config']): string {
  const { by = 'anchor' } = JSON.parse(item.detail) as { by?: string };
  const rules = config.kinds.get(object.kind);
  const rule = config.connections.find((one) => one.name === item.connection)?.exports.get(object.kind);
  const found = rules === undefined || rule === undefined ? [] : inTheWay(rule, rules, by);
  // Which of none or several is not offered (possible.ts).
  if (found.length === 1) return found[0]!;
  throw new RollcallError('conflict', `No rule in rollcall.yaml says what is in the way at ${item.connection}.`, {
    remedy: `Say it with: rollcall fix '#${object.id}' ATTRIBUTE VALUE`,
  });
}

async function made(context: RenameContext, object: ObjectRow, attribute: string, item: ParkedRow): Promise<string> {
  const source = await givenBy(context, object, attribute);
  if (source !== null)
    throw new RollcallError(
      'invalidValue',
      `'rename' of item ${item.id} needs --value VALUE: ${attribute} comes from ${source}.`,
      {
        remedy: `Say which ${attribute} it is to be.`,
      },
    );
  const type = context.kinds.get(object.kind)!.attributes.get(attribute)!;
  const next = await nextCandidate(context, object, type);
  if (next !== null) return next;
  throw new RollcallError('conflict', `No other ${attribute} can be made for item ${item.id}.`, {
    remedy: 'Give one with --value VALUE, or add a candidate to the rule.',
  });
}

/** Preview: what would come of one staged object, worked out on a private copy of the store. */
import { copyOf } from '#config/places';
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { labelOf } from '#core/label';
import { unknownConnection } from '#core/unknown-name';
import { isDiscarded } from '#engine/safety/discards';
import type { StagedRow } from '#store/contract';
import type { PlanLine, Services } from './model.ts';
import { exportLine, pendingMembers } from './plan-lines.ts';
import { run } from './run.ts';
import { stagedNamed } from './staged-named.ts';

export interface Preview {
  readonly connection: string;
  readonly kind: string;
  readonly anchor: string;
  readonly name: string | null;
  readonly presence: StagedRow['presence'];
  readonly seen: { readonly [attribute: string]: unknown };
  /** Null while it belongs to nobody. */
  readonly object: {
    readonly id: number;
    readonly kind: string;
    readonly label: string;
    readonly state: string;
    readonly isNew: boolean;
    readonly link: string;
    readonly before: { readonly [attribute: string]: unknown } | null;
    readonly after: { readonly [attribute: string]: unknown };
  } | null;
  readonly exports: readonly Extract<PlanLine, { what: 'export' }>[];
  readonly parked: readonly { readonly kind: string; readonly connection: string | null; readonly detail: unknown }[];
}

/** Errors: notFound when the connector space has no such object; configuration for an unknown connection. */
export async function preview(
  request: { readonly connection: string; readonly anchor: string; readonly by: string },
  services: Services,
): Promise<Preview> {
  const { config } = services;
  const connection = config.connections.find((c) => c.name === request.connection);
  if (!connection) {
    const names = config.connections.map((c) => c.name);
    throw unknownConnection(request.connection, names);
  }
  const sandbox = await services.store.sandbox();
  try {
    const before = await stagedNamed(connection.name, request.anchor, sandbox);
    if (!before)
      throw new RollcallError(
        'notFound',
        `nothing with the anchor or the name ${request.anchor} is staged from ${connection.name}`,
        {
          remedy: `run 'rollcall run ${connection.name}' first, or look at the anchors in the source`,
        },
      );
    const objectBefore = before.objectId === null ? null : ((await sandbox.sync.objects([before.objectId]))[0] ?? null);
    await sandbox.sync.markDirty([{ subject: 'staged', from: before.id, to: before.id, cause: 'preview' }], null);
    await run(
      { profile: 'delta-sync', connections: null, by: request.by },
      { ...services, store: sandbox, config: copyOf(config, { hooks: [] }) },
      { export: false, read: false },
    );
    const [row] = (await sandbox.spaces.byIds([before.id])) as [StagedRow];
    const object = row.objectId === null ? null : ((await sandbox.sync.objects([row.objectId]))[0] ?? null);
    const accounts = object ? await sandbox.sync.linked([object.id]) : [];
    const parked = await parkedOf(sandbox, row, object?.id ?? null);
    return {
      connection: row.connection,
      kind: row.kind,
      anchor: row.anchor ?? request.anchor,
      name: row.name,
      presence: row.presence,
      seen: row.seen === null ? {} : parseImage(row.seen),
      object: object && {
        id: object.id,
        kind: object.kind,
        label: labelOf(parseImage(object.attributes), object.id),
        state: object.state,
        isNew: before.objectId === null && row.linkHow === 'projected',
        link: row.linkHow ?? '',
        before: objectBefore && parseImage(objectBefore.attributes),
        after: parseImage(object.attributes),
      },
      exports: [
        ...accounts
          .filter((account) => account.export !== null && !isDiscarded(account))
          .map((account) => exportLine(account, object ?? undefined)),
        ...(await memberLines(sandbox, accounts)),
      ],
      parked,
    };
  } finally {
    await sandbox.close();
  }
}

/** Members that come to, or go from, these groups. */
async function memberLines(store: Services['store'], groups: readonly StagedRow[]): Promise<ReturnType<typeof exportLine>[]> {
  const ids = new Set(groups.map((group) => group.id));
  const lines: ReturnType<typeof exportLine>[] = [];
  for (const connection of new Set(groups.map((group) => group.connection)))
    for await (const { edge, line } of pendingMembers(store, connection)) if (ids.has(edge.stagedId)) lines.push(line);
  return lines;
}

async function parkedOf(store: Services['store'], row: StagedRow, object: number | null): Promise<Preview['parked']> {
  const about = { stagedIds: [row.id], ...(object === null ? {} : { objectIds: [object] }) };
  const items = await store.decisions.parked(about, { after: 0, limit: 1_000 });
  return items.map((item) => ({ kind: item.kind, connection: item.connection, detail: JSON.parse(item.detail) as unknown }));
}

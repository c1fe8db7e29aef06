/** Members of a group, and other references of many, in each system that has them: they are kept one by one, not as a value. */
import { accountName } from '#core/label';
import type { Services } from '#runs/model';
import type { StagedRow } from '#store/contract';

export interface Members {
  readonly connection: string;
  readonly account: string | null;
  /** As the system calls it. */
  readonly attribute: string;
  /** Read there, with those to be removed. */
  readonly seen: number;
  readonly add: number;
  readonly remove: number;
  /** Of those seen, the ones whom nobody is known by yet. */
  readonly owed: number;
  /** True: there are more than were counted. */
  readonly more: boolean;
  /** The first of them, as the system names them. */
  readonly some: readonly string[];
}

/** Counted at most, for a group that has more than anybody reads. */
const MOST = 10_000;
const SOME = 10;

export async function membersOf(
  rows: readonly StagedRow[],
  kind: string,
  { store, config }: Pick<Services, 'store' | 'config'>,
): Promise<readonly Members[]> {
  const out: Members[] = [];
  for (const row of rows) {
    const connection = config.connections.find((one) => one.name === row.connection);
    if (connection === undefined || row.presence === 'gone') continue;
    const read = connection.imports.get(kind)?.edges.filter((one) => one.multi) ?? [];
    const written = connection.exports.get(kind)?.flows.filter((flow) => flow.reference?.multi === true) ?? [];
    for (const attribute of new Set([...read, ...written].map((one) => one.attribute))) {
      const edges = await store.spaces.edgesOf([row.id], { attribute, limit: MOST + 1 });
      out.push({
        connection: row.connection,
        account: accountName(row),
        attribute,
        seen: edges.filter((edge) => edge.state !== 'add').length,
        add: edges.filter((edge) => edge.state === 'add').length,
        remove: edges.filter((edge) => edge.state === 'remove').length,
        owed: edges.filter((edge) => edge.debtSince !== null).length,
        more: edges.length > MOST,
        some: edges.slice(0, SOME).map((edge) => edge.text),
      });
    }
  }
  return out;
}

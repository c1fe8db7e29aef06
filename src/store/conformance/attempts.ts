/** Attempts as the suites make and answer them. */
import type { ExportAnswer, ExportOperation, StagedRow } from '../contract.ts';
import { digest, NOW, type Opened } from './sample.ts';

export async function take(
  opened: Pick<Opened, 'store' | 'run' | 'epoch'>,
  attempt: string,
  more: { limit?: number; now?: number; only?: number[]; after?: number; operations?: ExportOperation[] } = {},
): Promise<readonly StagedRow[]> {
  const { store, run, epoch } = opened;
  return await store.exports.take({
    connection: 'ad',
    run,
    epoch,
    attempt,
    now: more.now ?? NOW,
    deadline: NOW + 30_000,
    limit: more.limit ?? 100,
    operations: more.operations ?? ['delete', 'update', 'create'],
    ...(more.only ? { only: more.only } : {}),
    ...(more.after === undefined ? {} : { after: more.after }),
  });
}

export function answer(row: StagedRow, more: Partial<ExportAnswer> = {}): ExportAnswer {
  return {
    staged: row.id,
    revision: row.export!.revision,
    outcome: 'proven',
    anchor: `u${row.id}`,
    anchorDigest: digest(`user u${row.id}`, 8),
    name: row.name,
    nameKey: row.name,
    seen: row.export!.wanted,
    digest: digest('image'),
    sent: null,
    confirmed: row.export!.wanted,
    keys: [],
    notBefore: 0,
    fault: null,
    remaining: null,
    parts: ['create'],
    approved: false,
    edges: [],
    ...more,
  };
}

export async function answers(
  opened: Pick<Opened, 'store' | 'run' | 'epoch'>,
  attempt: string,
  list: readonly ExportAnswer[],
  at: number = NOW,
): Promise<void> {
  const { store, run, epoch } = opened;
  await store.exports.answer({ connection: 'ad', run, epoch, attempt, at, answers: list, changes: [] });
}

/** Operations that are one statement over whole tables: no working copy, the database does them where the rows are. */
import type { ClientBase } from 'pg';
import type { OperationInput } from '../writes/operations.ts';
import { query } from './connect.ts';
import { foldAgain, indexForSearch } from './search.ts';

export const STATEMENTS: {
  readonly cleanAudit: (client: ClientBase, input: OperationInput<'cleanAudit'>) => Promise<number>;
  readonly cleanRuns: (client: ClientBase, input: OperationInput<'cleanRuns'>) => Promise<number>;
  readonly foldAgain: (client: ClientBase, input: OperationInput<'foldAgain'>) => Promise<void>;
  readonly indexForSearch: (client: ClientBase, input: OperationInput<'indexForSearch'>) => Promise<boolean>;
} = {
  cleanAudit,
  cleanRuns,
  foldAgain,
  indexForSearch: (client, { limit }) => indexForSearch(client, limit),
};

/** Oldest first; a run goes when its changes and errors are gone. */
async function cleanRuns(client: ClientBase, { before, limit }: OperationInput<'cleanRuns'>): Promise<number> {
  let left = limit;
  for (const text of CLEANING) left -= (await query(client, `${text} returning id`, [before, left])).length;
  return limit - left;
}

/** The oldest segment, which stays as what the next one is chained to. */
async function cleanAudit(client: ClientBase, { before, at }: OperationInput<'cleanAudit'>): Promise<number> {
  const [oldest] = await query(
    client,
    `update audit_segment set removed_at = $2 where to_seq = (select to_seq from audit_segment
       where removed_at is null and sealed_at < $1 order by to_seq limit 1) returning from_seq, to_seq`,
    [before, at],
  );
  if (!oldest) return 0;
  await query(client, 'delete from audit_segment where to_seq < $1', [oldest[1]]);
  await query(client, 'delete from audit_value where seq between $1 and $2', oldest);
  return (await query(client, 'delete from audit_event where seq between $1 and $2 returning seq', oldest)).length;
}

const CLEANING: readonly string[] = [
  `delete from change where id in (select c.id from change c join run r on r.id = c.run
     where c.id <= (select max(last_change) from run where ended_at < $1) and r.ended_at < $1 order by c.id limit $2)`,
  `delete from error where id in (select e.id from error e join run r on r.id = e.run where r.ended_at < $1 order by e.id limit $2)`,
  `delete from run where id in (select r.id from run r where r.ended_at < $1 and not exists (select 1 from error where run = r.id)
     and not exists (select 1 from change where id between r.first_change and r.last_change and run = r.id) order by r.id limit $2)`,
];

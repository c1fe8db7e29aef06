/** Times that a clock said which was ahead: nobody waits for them. */
import type { ExportOperations } from '../contract.ts';
import type { Session } from './session.ts';

const HOUR = 3_600_000;

export function setTimesBack(
  session: Session,
  { connection: name, epoch, at, latest }: Parameters<ExportOperations['setTimesBack']>[0],
): void {
  session.checkEpoch(epoch);
  const { db } = session;
  const connection = session.connection(name);
  db.run(
    'staged',
    `update staged set export_at = case when export_at > ?2 then ?3 else export_at end,
       export_not_before = case when export_not_before > ?2 then ?3 else export_not_before end
     where connection = ?1 and export_state is not null and (export_at > ?2 or export_not_before > ?2)`,
    connection,
    latest,
    at,
  );
  db.run(
    'reference',
    'update reference set sent_at = ?3 where connection = ?1 and state <> 0 and sent_at > ?2',
    connection,
    latest,
    at,
  );
  const [hour, last] = [Math.floor(at / HOUR), Math.floor(latest / HOUR)];
  db.run(
    'gate_sent',
    `insert into gate_sent (connection, part, hour, sent)
       select connection, part, ?3, sum(sent) from gate_sent where connection = ?1 and hour > ?2 group by connection, part
       on conflict do update set sent = sent + excluded.sent`,
    connection,
    last,
    hour,
  );
  db.run('gate_sent', 'delete from gate_sent where connection = ? and hour > ?', connection, last);
}

/** What was sent to targets that take only so much in a time. */
import type { QuotaOperations } from '../contract.ts';
import type { Session } from './session.ts';

const HOUR = 3_600_000;
/** Days have 25 hours at most; and a clock may be set. */
const KEPT_HOURS = 72;

export function spend(
  session: Session,
  { connection: name, epoch, at, want, limits }: Parameters<QuotaOperations['spend']>[0],
): number {
  session.checkEpoch(epoch);
  const { db } = session;
  const connection = session.connection(name);
  const hour = Math.floor(at / HOUR);
  const rooms = limits.map(({ since, most }) => {
    const [sent] = db.get('select coalesce(sum(items), 0) from quota where connection = ? and hour >= ?', connection, since)!;
    return Math.max(0, most - Number(sent));
  });
  const granted = Math.min(want, ...rooms);
  if (granted === 0) return 0;
  db.run('quota', 'delete from quota where connection = ? and hour < ?', connection, hour - KEPT_HOURS);
  db.run(
    'quota',
    'insert into quota (connection, hour, items) values (?, ?, max(0, ?)) on conflict do update set items = max(0, items + ?)',
    connection,
    hour,
    granted,
    granted,
  );
  return granted;
}

/** What one process at a time works on. */
import type { ClaimOperations } from '../contract.ts';
import type { Session } from './session.ts';

type Input<Name extends 'take' | 'keep' | 'end'> = Parameters<ClaimOperations[Name]>[0];

export function takeClaim({ db }: Session, { kind, name, seen, at, until, detail, forgetBefore }: Input<'take'>): number | null {
  if (forgetBefore !== undefined)
    db.run(
      'claim',
      'delete from claim where kind = ? and name in (select name from claim where kind = ? and ended_at < ? order by name limit 100)',
      kind,
      kind,
      forgetBefore,
    );
  const number = Number(db.get('select number from claim where kind = ? and name = ?', kind, name)?.[0] ?? 0);
  if (number !== seen) return null;
  db.run(
    'claim',
    `insert into claim (kind, name, number, at, until, detail) values (?, ?, ?, ?, ?, ?)
     on conflict do update set number = excluded.number, at = excluded.at, until = excluded.until, detail = excluded.detail,
       run = case when excluded.until is null then run end, outcome = case when excluded.until is null then outcome end,
       ended_at = case when excluded.until is null then ended_at end`,
    kind,
    name,
    number + 1,
    at,
    until,
    detail,
  );
  return number + 1;
}

export function keepClaim({ db }: Session, { kind, name, number, until, run }: Input<'keep'>): boolean {
  const n = db.run(
    'claim',
    'update claim set until = ?, run = coalesce(?, run) where kind = ? and name = ? and number = ? and until is not null',
    until,
    run,
    kind,
    name,
    number,
  );
  return n > 0;
}

export function endClaim({ db }: Session, { kind, name, number, outcome, endedAt }: Input<'end'>): boolean {
  const n = db.run(
    'claim',
    'update claim set until = null, outcome = ?, ended_at = ? where kind = ? and name = ? and number = ?',
    outcome,
    endedAt,
    kind,
    name,
    number,
  );
  return n > 0;
}

/** What a target refused, as both kinds of store count it. */

/** `connection`: how its parameter is written. What was never sent, and what somebody said to ignore, is no part of it. */
export function refusals(connection: '?1' | '$1'): string {
  return `with r as (select p.id, p.detail from parked p where p.kind = 'refused' and p.connection = ${connection} and p.detail not like '%"unsent":true%'
      and not exists (select 1 from decision d where d.staged_id = p.staged_id and d.object_id is null and d.kind = 'ignore' and d.revoked_at is null
        and d.connection = p.connection and d.detail like '%"parked":"refused"%'))
    select count(*), (select detail from r order by id limit 1) from r`;
}

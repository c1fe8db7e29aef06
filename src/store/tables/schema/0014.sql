-- What was done, by whom, from where. Events are only added. Their values stand beside them and can be erased alone: the event has
-- the digest of them. Events are sealed in segments, each of which has the hash of the one before it in its own (docs/guide/audit.md).
create table audit_event (
  seq        integer primary key autoincrement,
  at         integer not null,
  action     text not null,
  actor_kind text not null,
  actor      text not null,
  token      text,
  source     text,
  connection integer,
  staged_id  integer,
  object_id  integer,
  run        integer,
  outcome    text not null,
  digest     text
) strict;
create index audit_event_staged on audit_event (staged_id) where staged_id is not null;
create index audit_event_object on audit_event (object_id) where object_id is not null;

create table audit_value (
  seq    integer primary key,
  salt   text not null,
  before text,
  after  text
) strict;

create table audit_segment (
  to_seq     integer primary key,
  from_seq   integer not null,
  previous   text not null,
  hash       text not null,
  sealed_at  integer not null,
  removed_at integer
) strict;

-- Whoever would change the past has to say so to the database first, and the hashes say it to whoever kept one of them.
create trigger audit_event_kept before update on audit_event
begin select raise(abort, 'an event of the audit log is never changed'); end;
create trigger audit_event_stays before delete on audit_event
when old.seq > coalesce((select max(to_seq) from audit_segment where removed_at is not null), 0)
begin select raise(abort, 'an event of the audit log goes with its whole segment, the oldest first'); end;
create trigger audit_value_kept before update on audit_value
begin select raise(abort, 'values of the audit log are erased, never changed'); end;
create trigger audit_segment_chained before insert on audit_segment
when new.from_seq <> coalesce((select max(to_seq) from audit_segment), 0) + 1 or new.to_seq < new.from_seq
  or new.previous <> coalesce((select hash from audit_segment order by to_seq desc limit 1), new.previous)
begin select raise(abort, 'a segment of the audit log follows the last one'); end;
create trigger audit_segment_kept before update on audit_segment
when old.removed_at is not null or new.removed_at is null or new.to_seq <> old.to_seq or new.from_seq <> old.from_seq
  or new.previous <> old.previous or new.hash <> old.hash or new.sealed_at <> old.sealed_at
  or exists (select 1 from audit_segment where to_seq < old.to_seq and removed_at is null)
begin select raise(abort, 'a segment of the audit log is never changed'); end;
create trigger audit_segment_stays before delete on audit_segment
when old.removed_at is null or not exists (select 1 from audit_segment where to_seq > old.to_seq and removed_at is not null)
begin select raise(abort, 'a segment of the audit log stays'); end;

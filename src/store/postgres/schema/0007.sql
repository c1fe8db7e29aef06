-- What was done, by whom, from where: store/tables/schema/0014.sql says what it means.
create table audit_event (
  seq        bigint primary key,
  at         bigint not null,
  action     text collate "C" not null,
  actor_kind text collate "C" not null,
  actor      text collate "C" not null,
  token      text collate "C",
  source     text collate "C",
  connection bigint,
  staged_id  bigint,
  object_id  bigint,
  run        bigint,
  outcome    text collate "C" not null,
  digest     text collate "C"
);
create index audit_event_staged on audit_event (staged_id) where staged_id is not null;
create index audit_event_object on audit_event (object_id) where object_id is not null;

create table audit_value (
  seq    bigint primary key,
  salt   text collate "C" not null,
  before text collate "C",
  after  text collate "C"
);

create table audit_segment (
  to_seq     bigint primary key,
  from_seq   bigint not null,
  previous   text collate "C" not null,
  hash       text collate "C" not null,
  sealed_at  bigint not null,
  removed_at bigint
);

insert into counter (name, value) values ('last audit_event', 0) on conflict do nothing;

create function audit_refuse() returns trigger language plpgsql as $$
begin raise exception '%', tg_argv[0] using errcode = 'restrict_violation'; end $$;

create function audit_event_stays() returns trigger language plpgsql as $$
begin
  if old.seq > coalesce((select max(to_seq) from audit_segment where removed_at is not null), 0) then
    raise exception 'an event of the audit log goes with its whole segment, the oldest first' using errcode = 'restrict_violation';
  end if;
  return old;
end $$;

create function audit_segment_chained() returns trigger language plpgsql as $$
begin
  if new.from_seq <> coalesce((select max(to_seq) from audit_segment), 0) + 1 or new.to_seq < new.from_seq
    or new.previous <> coalesce((select hash from audit_segment order by to_seq desc limit 1), new.previous) then
    raise exception 'a segment of the audit log follows the last one' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create function audit_segment_kept() returns trigger language plpgsql as $$
begin
  if old.removed_at is not null or new.removed_at is null or new.to_seq <> old.to_seq or new.from_seq <> old.from_seq
    or new.previous <> old.previous or new.hash <> old.hash or new.sealed_at <> old.sealed_at
    or exists (select 1 from audit_segment where to_seq < old.to_seq and removed_at is null) then
    raise exception 'a segment of the audit log is never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create function audit_segment_stays() returns trigger language plpgsql as $$
begin
  if old.removed_at is null or not exists (select 1 from audit_segment where to_seq > old.to_seq and removed_at is not null) then
    raise exception 'a segment of the audit log stays' using errcode = 'restrict_violation';
  end if;
  return old;
end $$;

create trigger audit_event_kept before update on audit_event for each row
  execute function audit_refuse('an event of the audit log is never changed');
create trigger audit_event_whole before truncate on audit_event
  execute function audit_refuse('the audit log is not emptied');
create trigger audit_event_stays before delete on audit_event for each row execute function audit_event_stays();
create trigger audit_value_kept before update on audit_value for each row
  execute function audit_refuse('values of the audit log are erased, never changed');
create trigger audit_segment_chained before insert on audit_segment for each row execute function audit_segment_chained();
create trigger audit_segment_kept before update on audit_segment for each row execute function audit_segment_kept();
create trigger audit_segment_stays before delete on audit_segment for each row execute function audit_segment_stays();
create trigger audit_segment_whole before truncate on audit_segment
  execute function audit_refuse('the audit log is not emptied');

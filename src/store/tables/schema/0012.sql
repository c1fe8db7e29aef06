-- What one process at a time works on, by a lease with a number that goes up (SEMANTICS 16): schedules, and requests that are asked for once.
create table claim (
  kind     text not null,
  name     text not null,
  number   integer not null,
  -- Of a schedule: up to when its times are seen to. Of a request: when it was asked for.
  at       integer not null,
  -- Null: it is over.
  until    integer,
  detail   text not null,
  run      integer,
  outcome  text,
  ended_at integer,
  primary key (kind, name)
) strict, without rowid;

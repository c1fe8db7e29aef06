-- What one process at a time works on, by a lease with a number that goes up (SEMANTICS 16): schedules, and requests that are asked for once.
create table claim (
  kind     text collate "C" not null,
  name     text collate "C" not null,
  number   bigint not null,
  at       bigint not null,
  until    bigint,
  detail   text collate "C" not null,
  run      bigint,
  outcome  text collate "C",
  ended_at bigint,
  primary key (kind, name)
) with (fillfactor = 50);

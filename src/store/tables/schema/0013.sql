-- What was pushed and can be asked for: its folded document, and its keys, [path, norm, unique] each, as JSON.
create table pushed (
  staged_id  integer primary key,
  connection integer not null,
  kind       integer not null,
  keys       text not null,
  document   text not null
) strict;
-- In it lies the order of pages; documents lie elsewhere.
create index pushed_kind on pushed (connection, kind);

-- `holder` is 0 where one alone may have the key, else the staged object.
create table pushed_key (
  connection integer not null,
  kind       integer not null,
  path       integer not null,
  norm       text not null,
  holder     integer not null,
  staged_id  integer not null,
  primary key (connection, kind, path, norm, holder)
) strict, without rowid;

alter table space_count add column pushed integer not null default 0;

-- What was pushed and can be asked for: its folded document, and its keys, [path, norm, unique] each, as JSON.
create table pushed (
  staged_id  bigint primary key,
  connection bigint not null,
  kind       bigint not null,
  keys       text collate "C" not null,
  document   text collate "C" not null
) with (fillfactor = 90);
-- In it lies the order of pages; documents lie elsewhere.
create index pushed_kind on pushed (connection, kind, staged_id);

-- `holder` is 0 where one alone may have the key, else the staged object.
create table pushed_key (
  connection bigint not null,
  kind       bigint not null,
  path       bigint not null,
  norm       text collate "C" not null,
  holder     bigint not null,
  staged_id  bigint not null,
  primary key (connection, kind, path, norm, holder)
);

alter table space_count add column pushed bigint not null default 0;

-- The tables of store/tables/schema as PostgreSQL has them: the same names and columns. Text is compared by its bytes;
-- objects are JSON as text that only Rollcall reads. Tables that are a queue keep room in their pages.

create table setting (
  name  text collate "C" primary key,
  value bytea not null
);

-- seq, next ids, epoch, the latest `now`; `last …` is the last id given in a table.
create table counter (
  name  text collate "C" primary key,
  value bigint not null
) with (fillfactor = 50);

create table term (
  id   bigint primary key,
  text text collate "C" not null unique
);

create table connection (
  id                 bigint primary key,
  name               text collate "C" not null unique,
  mode               text collate "C",
  approval           text collate "C",
  held               text collate "C",
  cursor             text collate "C",
  checkpoint         text collate "C",
  fingerprint        text collate "C",
  baseline           text collate "C",
  outages            text collate "C",
  last_complete_read bigint,
  last_read          bigint,
  rules_hash         text collate "C",
  config_hash        text collate "C",
  read_mark          bigint
);

create table staged (
  id                bigint primary key,
  connection        bigint not null,
  kind              bigint not null,
  presence          smallint not null,
  anchor_high       integer,
  anchor_low        integer,
  content_0         integer,
  content_1         integer,
  content_2         integer,
  content_3         integer,
  revision          bigint not null,
  touched_seq       bigint not null,
  incarnation       bigint not null,
  object_id         bigint,
  link_how          smallint,
  link_run          bigint,
  origin            smallint,
  protected         smallint not null,
  changed_at        bigint,
  gone_at           bigint,
  export_operation  smallint,
  export_state      smallint,
  export_revision   bigint,
  export_attempts   bigint,
  export_attempt    text collate "C",
  export_at         bigint,
  export_not_before bigint,
  export_hold       bigint,
  export_run        bigint,
  export_parts      text collate "C",
  export_approved   text collate "C",
  export_discarded  text collate "C",
  export_fault      text collate "C",
  anchor            text collate "C",
  name              text collate "C",
  name_key          text collate "C",
  parent_key        text collate "C",
  keys              text collate "C",
  times             text collate "C",
  kept              text collate "C",
  steps             text collate "C",
  wanted_anchor     text collate "C",
  wanted_name       text collate "C",
  seen              text collate "C",
  sent              text collate "C",
  confirmed         text collate "C",
  wanted            text collate "C",
  overtaken         text collate "C"
) with (fillfactor = 70);
create unique index staged_anchor on staged (connection, kind, anchor) where anchor is not null;
create index staged_connection on staged (connection, id);
create index staged_object on staged (object_id) where object_id is not null;
create index staged_name on staged (connection, name_key) where name_key is not null;
create index staged_export on staged (connection, export_state, export_operation, id) where export_state is not null;

create table space_count (
  connection bigint not null,
  kind       bigint not null,
  present    bigint not null,
  linked     bigint not null,
  gone       bigint not null,
  primary key (connection, kind)
) with (fillfactor = 50);

create table reference (
  staged_id  bigint not null,
  attribute  bigint not null,
  key        text collate "C" not null,
  connection bigint not null,
  state      smallint not null,
  ours       smallint not null,
  debt_since bigint,
  text       text collate "C",
  decided    smallint,
  sent_at    bigint,
  sends      bigint,
  counted    smallint,
  primary key (staged_id, attribute, key)
);
create index reference_key on reference (connection, key);
create index reference_pending on reference (connection, staged_id, attribute, key) where state <> 0;
create index reference_debt on reference (debt_since) where debt_since is not null;

create table object (
  id          bigint primary key,
  kind        bigint not null,
  state       smallint not null,
  revision    bigint not null,
  due_at      bigint,
  alias_of    bigint,
  created_run bigint not null,
  dates       text collate "C" not null,
  attributes  text collate "C" not null,
  folded      text collate "C" not null,
  notes       text collate "C" not null,
  frozen      text collate "C",
  owned       smallint not null
) with (fillfactor = 90);
create index object_due on object (due_at) where due_at is not null;

create table object_count (
  kind  bigint primary key,
  count bigint not null
) with (fillfactor = 50);

create table object_key (
  scope bigint not null,
  norm  text collate "C" not null,
  owner bigint not null,
  primary key (scope, norm, owner)
);

create table unique_key (
  scope bigint not null,
  norm  text collate "C" not null,
  owner bigint not null,
  primary key (scope, norm)
);

create table dirty (
  seq     bigint primary key,
  subject smallint not null,
  from_id bigint not null,
  to_id   bigint not null,
  cause   text collate "C" not null,
  detail  text collate "C"
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

create table waiting (
  scope     bigint not null,
  norm      text collate "C" not null,
  staged_id bigint not null,
  primary key (scope, norm, staged_id)
);
create index waiting_staged on waiting (staged_id);

create table parked (
  id         bigint primary key,
  kind       text collate "C" not null,
  connection bigint,
  staged_id  bigint,
  object_id  bigint,
  detail     text collate "C" not null,
  since      bigint not null,
  run        bigint not null
);
create index parked_staged on parked (staged_id) where staged_id is not null;
create index parked_object on parked (object_id) where object_id is not null;

create table decision (
  id         bigint primary key,
  kind       text collate "C" not null,
  staged_id  bigint,
  object_id  bigint,
  connection bigint,
  detail     text collate "C" not null,
  decided_by text collate "C" not null,
  at         bigint not null,
  reason     text collate "C" not null,
  revoked_at bigint
);
create index decision_staged on decision (staged_id) where staged_id is not null;
create index decision_object on decision (object_id) where object_id is not null;

create table run (
  id           bigint primary key,
  epoch        bigint not null,
  profile      text collate "C" not null,
  now          bigint not null,
  started_at   bigint not null,
  ended_at     bigint,
  status       text collate "C" not null,
  started_by   text collate "C" not null,
  rules_hash   text collate "C" not null,
  counts       text collate "C" not null,
  rows_written bigint not null,
  first_change bigint not null,
  last_change  bigint
);
create index run_running on run (id) where status = 'running';

create table change (
  id        bigint primary key,
  run       bigint not null,
  subject   smallint not null,
  from_id   bigint not null,
  to_id     bigint not null,
  operation text collate "C" not null,
  before    text collate "C",
  after     text collate "C"
);
create index change_subject on change (subject, from_id) where to_id = from_id;
create index change_range on change (subject, from_id) where to_id <> from_id;

create table error (
  id         bigint primary key,
  run        bigint not null,
  connection bigint,
  subject    smallint,
  subject_id bigint,
  fault      text collate "C" not null
);
create index error_run on error (run, id);

create table attempt (
  connection bigint not null,
  run        bigint not null,
  attempt    text collate "C" not null,
  epoch      bigint not null,
  at         bigint not null,
  deadline   bigint not null,
  items      bytea not null,
  members    text collate "C",
  primary key (connection, run, attempt)
);

create table gate_sent (
  connection bigint not null,
  part       text collate "C" not null,
  hour       bigint not null,
  sent       bigint not null,
  primary key (connection, part, hour)
) with (fillfactor = 50);

create table gate_group (
  staged_id bigint not null,
  attribute bigint not null,
  hour      bigint not null,
  added     bigint not null,
  removed   bigint not null,
  primary key (staged_id, attribute, hour)
);

create table gate_hold (
  id         bigint primary key,
  connection bigint not null,
  part       text collate "C" not null,
  count      bigint not null,
  most       bigint not null,
  digest     text collate "C" not null,
  since      bigint not null,
  closed_at  bigint,
  decision   bigint
);

create table bitmap_page (
  connection bigint not null,
  page       bigint not null,
  bytes      bytea not null,
  primary key (connection, page)
);

create table blob (
  hash  text collate "C" primary key,
  bytes bytea not null
);

-- Derived from object.folded, filled when somebody searches, never by a run. Not part of the checksums.
create table search (
  id    bigint primary key,
  words tsvector not null
);
create index search_words on search using gin (words);
create table search_pending (
  id      bigint generated always as identity primary key,
  from_id bigint not null,
  to_id   bigint not null
);

-- Between processes that write; whoever writes locks it first: `writes`, and ids that somebody reserved. No data.
create table turn (
  name  text collate "C" primary key,
  value bigint not null
) with (fillfactor = 50);

-- The process that writes, and until when it is believed to be there, by this server's clock, ms.
create table tenure (
  id          text collate "C" primary key,
  program     text collate "C" not null,
  host        text collate "C" not null,
  pid         bigint not null,
  since       bigint not null,
  lease_until bigint not null
) with (fillfactor = 50);

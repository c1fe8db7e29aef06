-- The first schema. Small closed sets are integers (codes.ts); connection, kind, attribute and scope names are interned,
-- so that a row and its index entries stay narrow. Every index is a write per row: rare states have partial ones.

create table setting (
  name  text primary key,
  value any not null
) strict, without rowid;

-- seq, next ids, epoch, the latest `now`.
create table counter (
  name  text primary key,
  value integer not null
) strict, without rowid;

create table term (
  id   integer primary key,
  text text not null unique
) strict;

create table connection (
  id                 integer primary key,
  name               text not null unique,
  mode               text,
  approval           text,
  held               text,
  cursor             text,
  checkpoint         text,
  fingerprint        text,
  baseline           text,
  outages            text,
  last_complete_read integer,
  last_read          integer,
  rules_hash         text,
  config_hash        text
) strict;

-- What the import index reads comes first in the row; images come last, so that a long one spills behind everything else.
create table staged (
  id               integer primary key,
  connection       integer not null,
  kind             integer not null,
  presence         integer not null,
  anchor_high      integer,
  anchor_low       integer,
  content_0        integer,
  content_1        integer,
  content_2        integer,
  content_3        integer,
  revision         integer not null,
  touched_seq      integer not null,
  incarnation      integer not null,
  object_id        integer,
  link_how         integer,
  link_run         integer,
  origin           integer,
  protected        integer not null,
  changed_at       integer,
  gone_at          integer,
  export_operation integer,
  export_state     integer,
  export_revision  integer,
  export_attempts  integer,
  export_attempt   text,
  export_at        integer,
  export_not_before integer,
  export_hold      integer,
  export_run       integer,
  export_parts     text,
  export_approved  text,
  export_discarded text,
  export_fault     text,
  anchor           text,
  name             text,
  name_key         text,
  parent_key       text,
  keys             text,
  times            text,
  kept             text,
  steps            text,
  wanted_anchor    text,
  wanted_name      text,
  seen             text,
  sent             text,
  confirmed        text,
  wanted           text
) strict;
create unique index staged_anchor on staged (connection, kind, anchor) where anchor is not null;
create index staged_connection on staged (connection);
create index staged_object on staged (object_id) where object_id is not null;
create index staged_name on staged (connection, name_key) where name_key is not null;
create index staged_export on staged (connection, export_state, export_operation) where export_state is not null;

-- Kept in the transaction that changes them: asked for in every cycle, and a count of a million rows takes a second.
create table space_count (
  connection integer not null,
  kind       integer not null,
  present    integer not null,
  linked     integer not null,
  gone       integer not null,
  primary key (connection, kind)
) strict, without rowid;

-- `text` is null where it equals the key.
create table reference (
  staged_id  integer not null,
  attribute  integer not null,
  key        text not null,
  connection integer not null,
  state      integer not null,
  ours       integer not null,
  debt_since integer,
  text       text,
  -- By a person, about exactly this pending change: 0 approved, 1 discarded.
  decided    integer,
  primary key (staged_id, attribute, key)
) strict, without rowid;
create index reference_key on reference (connection, key);
create index reference_pending on reference (connection, staged_id) where state <> 0;
create index reference_debt on reference (debt_since) where debt_since is not null;

create table object (
  id          integer primary key,
  kind        integer not null,
  state       integer not null,
  revision    integer not null,
  due_at      integer,
  alias_of    integer,
  created_run integer not null,
  dates       text not null,
  attributes  text not null,
  folded      text not null,
  notes       text not null,
  frozen      text
) strict;
create index object_due on object (due_at) where due_at is not null;

create table object_count (
  kind  integer primary key,
  count integer not null
) strict;

create table object_key (
  scope integer not null,
  norm  text not null,
  owner integer not null,
  primary key (scope, norm, owner)
) strict, without rowid;

-- Scopes whose name begins with `unique:` or `join!:`.
create table unique_key (
  scope integer not null,
  norm  text not null,
  owner integer not null,
  primary key (scope, norm)
) strict, without rowid;

create table dirty (
  seq     integer primary key,
  subject integer not null,
  from_id integer not null,
  to_id   integer not null,
  cause   text not null,
  detail  text
) strict;

create table waiting (
  scope     integer not null,
  norm      text not null,
  staged_id integer not null,
  primary key (scope, norm, staged_id)
) strict, without rowid;
create index waiting_staged on waiting (staged_id);

create table parked (
  id         integer primary key autoincrement,
  kind       text not null,
  connection integer,
  staged_id  integer,
  object_id  integer,
  detail     text not null,
  since      integer not null,
  run        integer not null
) strict;
create index parked_staged on parked (staged_id) where staged_id is not null;
create index parked_object on parked (object_id) where object_id is not null;

create table decision (
  id         integer primary key autoincrement,
  kind       text not null,
  staged_id  integer,
  object_id  integer,
  connection integer,
  detail     text not null,
  decided_by text not null,
  at         integer not null,
  reason     text not null,
  revoked_at integer
) strict;
create index decision_staged on decision (staged_id) where staged_id is not null;
create index decision_object on decision (object_id) where object_id is not null;

create table run (
  id           integer primary key autoincrement,
  epoch        integer not null,
  profile      text not null,
  now          integer not null,
  started_at   integer not null,
  ended_at     integer,
  status       text not null,
  started_by   text not null,
  rules_hash   text not null,
  counts       text not null,
  rows_written integer not null,
  -- Its change rows lie between these ids, among those of runs at the same time: no index needed.
  first_change integer not null,
  last_change  integer
) strict;

create table change (
  id        integer primary key autoincrement,
  run       integer not null,
  subject   integer not null,
  from_id   integer not null,
  to_id     integer not null,
  operation text not null,
  before    text,
  after     text
) strict;
create index change_subject on change (subject, from_id) where to_id = from_id;
create index change_range on change (subject, from_id) where to_id <> from_id;

create table error (
  id         integer primary key autoincrement,
  run        integer not null,
  connection integer,
  subject    integer,
  subject_id integer,
  fault      text not null
) strict;
create index error_run on error (run);

-- One row per batch on its way: `items` are (id, revision, operation) as three doubles each. Closed = deleted.
create table attempt (
  connection integer not null,
  run        integer not null,
  attempt    text not null,
  epoch      integer not null,
  at         integer not null,
  deadline   integer not null,
  items      blob not null,
  primary key (connection, run, attempt)
) strict, without rowid;

create table gate_sent (
  connection integer not null,
  part       text not null,
  hour       integer not null,
  sent       integer not null,
  primary key (connection, part, hour)
) strict, without rowid;

create table gate_hold (
  id         integer primary key autoincrement,
  connection integer not null,
  part       text not null,
  count      integer not null,
  most       integer not null,
  digest     text not null,
  since      integer not null,
  closed_at  integer,
  decision   integer
) strict;

create table bitmap_page (
  connection integer not null,
  page       integer not null,
  bytes      blob not null,
  primary key (connection, page)
) strict, without rowid;

create table blob (
  hash  text primary key,
  bytes blob not null
) strict, without rowid;

-- Derived from object.folded, filled when somebody searches, never by a run: it costs a run one row per batch of new
-- objects (search_pending). Not part of the checksums.
create virtual table search using fts5 (folded, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0");
create table search_pending (
  id      integer primary key,
  from_id integer not null,
  to_id   integer not null
) strict;

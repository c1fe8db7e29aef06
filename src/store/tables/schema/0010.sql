-- Who may come in. Of secrets there are hashes only. Ids are random text, so that nobody counts tokens or accounts by them.
create table access_account (
  id          text primary key,
  name        text not null,
  name_key    text not null unique,
  password    text,
  issuer      text,
  subject     text,
  roles       text not null,
  object_id   integer,
  created_at  integer not null,
  disabled_at integer
) strict, without rowid;
create unique index access_account_subject on access_account (issuer, subject) where subject is not null;

create table access_token (
  id           text primary key,
  kind         text not null,
  name         text not null,
  hash         text not null,
  hash_before  text,
  before_until integer,
  connection   text,
  roles        text not null,
  rate         integer,
  created_at   integer not null,
  created_by   text not null,
  expires_at   integer,
  used_at      integer,
  revoked_at   integer
) strict, without rowid;

create table access_session (
  hash       text primary key,
  account    text not null,
  created_at integer not null,
  seen_at    integer not null,
  expires_at integer not null
) strict, without rowid;
create index access_session_account on access_session (account);
create index access_session_expires on access_session (expires_at);

create table access_link (
  hash       text primary key,
  purpose    text not null,
  account    text,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

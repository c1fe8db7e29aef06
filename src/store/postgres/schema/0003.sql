-- Who may come in. Of secrets there are hashes only. Ids are random text, so that nobody counts tokens or accounts by them.
create table access_account (
  id          text collate "C" primary key,
  name        text collate "C" not null,
  name_key    text collate "C" not null unique,
  password    text collate "C",
  issuer      text collate "C",
  subject     text collate "C",
  roles       text collate "C" not null,
  object_id   bigint,
  created_at  bigint not null,
  disabled_at bigint
);
create unique index access_account_subject on access_account (issuer, subject) where subject is not null;

create table access_token (
  id           text collate "C" primary key,
  kind         text collate "C" not null,
  name         text collate "C" not null,
  hash         text collate "C" not null,
  hash_before  text collate "C",
  before_until bigint,
  connection   text collate "C",
  roles        text collate "C" not null,
  rate         bigint,
  created_at   bigint not null,
  created_by   text collate "C" not null,
  expires_at   bigint,
  used_at      bigint,
  revoked_at   bigint
);

create table access_session (
  hash       text collate "C" primary key,
  account    text collate "C" not null,
  created_at bigint not null,
  seen_at    bigint not null,
  expires_at bigint not null
);
create index access_session_account on access_session (account);
create index access_session_expires on access_session (expires_at);

create table access_link (
  hash       text collate "C" primary key,
  purpose    text collate "C" not null,
  account    text collate "C",
  created_at bigint not null,
  expires_at bigint not null
);

-- What was sent to a target that takes only so much in a time; hours since 1970.
create table quota (
  connection integer not null,
  hour       integer not null,
  items      integer not null,
  primary key (connection, hour)
) strict, without rowid;

-- What was sent to a target that takes only so much in a time; hours since 1970.
create table quota (
  connection bigint not null,
  hour       bigint not null,
  items      bigint not null,
  primary key (connection, hour)
) with (fillfactor = 50);

-- What groups lost lately, and were given since they began to: a group that is emptied in slices is one that is emptied.
create table gate_group (
  staged_id integer not null,
  attribute integer not null,
  hour      integer not null,
  added     integer not null,
  removed   integer not null,
  primary key (staged_id, attribute, hour)
) strict, without rowid;

-- The list of attributes that the folded texts are made by, and up to where they are. Not part of the checksums.
create table search_state (
  one   bigint primary key,
  shape text not null,
  up_to bigint
);
-- Kinds are words of the index, too.
delete from search_pending;
insert into search_pending (from_id, to_id) select 1, max(id) from object having max(id) is not null;

-- By the first letters of words at once, and without places, which nobody asks for. Kinds are words of it, too.
drop table search;
create virtual table search using fts5 (folded, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 0");
delete from search_pending;
insert into search_pending (from_id, to_id) select 1, max(id) from object having max(id) is not null;
-- The list of attributes that the folded texts are made by, and up to where they are. Not part of the checksums.
create table search_state (
  one   integer primary key,
  shape text not null,
  up_to integer
) strict;

-- Where the last read of a connection ended: what was written to since may not have been told yet.
alter table connection add column read_mark integer;

-- Whether an owner held it when it was last worked out: what no owner ever held has no values to freeze (SEMANTICS 11).
-- What is there already and not frozen is taken to have been held, as what left by its dates was.
alter table object add column owned integer not null default 1;
update object set owned = 0 where frozen is not null;

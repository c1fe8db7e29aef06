-- Applications read people and groups by kind, in the order of ids: without it a list of groups goes through everybody.
create index object_kind on object (kind, state, id) where alias_of is null;

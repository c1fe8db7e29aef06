-- Of a pending membership: how often it was sent and not shown, and whether the gates counted it as sent (1).
alter table reference add column sends integer;
alter table reference add column counted integer;

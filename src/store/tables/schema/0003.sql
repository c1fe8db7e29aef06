-- When a pending membership was sent; null = it is to be sent, or to be sent again.
alter table reference add column sent_at integer;

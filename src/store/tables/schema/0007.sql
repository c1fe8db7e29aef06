-- Of an attempt over memberships those that count as sent when it is lost, as JSON: [staged_id, attribute, key, state] each.
alter table attempt add column members text;

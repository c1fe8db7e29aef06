-- Of a wish on its way to the target what it was when a newer one, or none, took its place, as JSON: what may be written there.
alter table staged add column overtaken text;

-- What a process asked for while another one had the tenure (docs/decisions/0012): answered by whoever has it, taken away by whoever asked.
create table handed (
  id      text collate "C" primary key,
  n       bigint generated always as identity,
  request text not null,
  at      bigint not null,
  taken   text,
  settled text
) with (fillfactor = 50);
create index handed_open on handed (n) where settled is null;

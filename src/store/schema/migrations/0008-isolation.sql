-- What a session's process can reach: `network`, the gateway alone; `none`, whatever its user can.
alter table sessions
  add column isolation text not null default 'none' check (isolation in ('network', 'none'));

-- When periodic work that one process does for all was last begun, so that more processes do not do it more often.
create table upkeep_turns (
  job text primary key,
  ran_at timestamptz not null,
  -- The machine that began it.
  ran_by text not null
);

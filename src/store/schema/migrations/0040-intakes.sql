-- Projects that take issues of their forge as work orders, and when the forge is asked for them next (R-SEN-5).
create table forge_intakes (
  project_id uuid primary key references projects (id),
  host text not null,
  repository text not null,
  next_look_at timestamptz not null default clock_timestamp(),
  looked_at timestamptz,
  -- Why the last look failed; null if it did not.
  problem text
);

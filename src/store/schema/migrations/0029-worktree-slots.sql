-- A small number for each live worktree of a machine: commands in it derive ports and names from it (R-PROJ-4).
create table worktree_slots (
  host text not null,
  slot integer not null check (slot > 0),
  work_order_id uuid not null references work_orders,
  taken_at timestamptz not null default now(),
  primary key (host, slot),
  unique (host, work_order_id)
);

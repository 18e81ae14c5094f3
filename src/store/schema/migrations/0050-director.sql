-- What planning survives, what the Director decides by, and what each planned work order may cost (R-SPEC-1, R-BUD-8).
alter table plannings
  -- Raised before the repository is read: a repository that ends the process is given up after a few starts.
  add column starts integer not null default 0,
  -- What each machine lacks that cannot plan it, by its name; and since when the first one lacks it.
  add column declined jsonb not null default '{}',
  add column declined_since timestamptz,
  -- An answer is here until it is judged, so that nobody pays for it a second time.
  add column answer jsonb,
  -- What a person wants to be different from the plan before.
  add column remark text,
  -- Who wants the plan to run: the Director decides about it as soon as it is valid.
  add column run_for text,
  add column decided_at timestamptz;

create index plannings_undecided on plannings (asked_at)
  where state = 'planned' and run_for is not null and decided_at is null;

-- An answer that came after a person's edit is kept, and is never the newest version.
alter table spec_plans add column is_aside boolean not null default false;

-- The estimate of each work order of a plan, as it was when the plan was decided about.
create table work_order_estimates (
  spec_id uuid not null references specs (id),
  version integer not null,
  plan_key text not null,
  kind text not null,
  complexity double precision not null,
  low_nano_usd bigint not null check (low_nano_usd >= 0),
  mid_nano_usd bigint not null check (mid_nano_usd >= low_nano_usd),
  high_nano_usd bigint not null check (high_nano_usd >= mid_nano_usd),
  -- What it is made from: work orders of the same kind and complexity, of the same complexity, all, or the policy's list.
  basis text not null check (basis in ('kind', 'complexity', 'all', 'policy')),
  -- How many finished work orders that are.
  sample integer not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (spec_id, version, plan_key)
);

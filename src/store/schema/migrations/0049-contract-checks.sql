-- What came of checking the contracts of a plan (R-SPEC-3), the newest result for each work order that was checked.
create table contract_checks (
  spec_id uuid not null references specs (id),
  -- The name of the contract in the plan.
  name text not null,
  work_order_id uuid not null references work_orders (id),
  role text not null check (role in ('provider', 'user')),
  state text not null check (state in ('holds', 'broken', 'accepted')),
  -- What the contract's file had as its content, as git's object ID; null if it was not there.
  object_id text,
  -- What breaks those who rely on it.
  breaking jsonb not null,
  checked_at timestamptz not null default clock_timestamp(),
  -- The content that a person accepted although it breaks others, and what it breaks. It stays when the state changes.
  accepted_object_id text,
  accepted_breaking jsonb,
  accepted_by text,
  accepted_at timestamptz,
  primary key (spec_id, name, work_order_id),
  check (num_nulls(accepted_object_id, accepted_breaking, accepted_by, accepted_at) % 4 = 0)
);

create trigger contract_checks_live after insert or update on contract_checks
  for each row execute function spec_of_row_live();

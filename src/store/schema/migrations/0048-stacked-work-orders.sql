-- The work order from whose branch this one started (R-SPEC-5): its change stands on that one's, and follows it.
alter table work_orders add column stacked_on uuid references work_orders (id);
create index work_orders_stacked_on on work_orders (stacked_on) where stacked_on is not null;

-- How it follows what it depends on (`src/domain/plan/stack-plan.ts`): it starts from that one's branch, or when that one is
-- merged; or another of its dependencies contains that one.
alter table work_order_dependencies
  add column how text not null default 'branch' check (how in ('branch', 'within', 'merge'));

-- What lists are read from, at a hundred thousand work orders and a million errors.

-- Lists, lanes and their totals are read off this index alone, whatever they are filtered and sorted by: the rows of a
-- page are the only ones that are fetched. An update of a work order writes to every index as it is, since each changes
-- `updated_at`.
create index work_orders_listed on work_orders (created_at desc, id desc)
  include (project_id, status, step, failure_class, needs_approval, approved_at, updated_at, cost_nano_usd, title);

-- Sorted otherwise, the page is the first rows of an index too, and not of a sort of all.
create index work_orders_touched on work_orders (updated_at desc, id desc);
create index work_orders_dearest on work_orders (cost_nano_usd desc, id desc);

-- People copy the end of an id off the screen; backwards it is a beginning, which an index finds.
create index work_orders_called on work_orders (reverse(right(id::text, 12)) text_pattern_ops);
create index error_events_called on error_events (reverse(right(id::text, 12)) text_pattern_ops);

-- Processes over all work orders, newest first.
create index sessions_newest on sessions (created_at desc, id desc);

-- Questions of whatever state, newest first.
create index escalations_newest on escalations (created_at desc, id desc);

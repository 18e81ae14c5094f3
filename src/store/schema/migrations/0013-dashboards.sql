-- Pictures over months: each day that is over is summed up once, and again when a row of it has changed since.

-- A call whose work came to nothing (R-PIPE-15). What a work order has spent is wasted at one moment, all of it at once;
-- from then on its calls say so, so that waste has a time, a model and a project, and still adds up.
alter table cost_tracking add column is_wasted boolean not null default false;
update cost_tracking c set is_wasted = true
  from (
    select a.id, sum(a.actual_nano_usd) over (partition by a.work_order_id order by a.settled_at, a.id) as up_to, o.wasted_nano_usd
    from cost_tracking a join work_orders o on o.id = a.work_order_id
    where a.type = 'actual' and a.settled_at is not null and o.wasted_nano_usd > 0
  ) as spent
  where c.id = spent.id and spent.up_to <= spent.wasted_nano_usd;
create function work_orders_wasted() returns trigger language plpgsql as $$
begin
  update cost_tracking set is_wasted = true
    where work_order_id = new.id and type = 'actual' and settled_at is not null and not is_wasted;
  return null;
end $$;
create trigger work_orders_wasted after update of wasted_nano_usd on work_orders
  for each row execute function work_orders_wasted();

-- Sums of days of UTC, by when they begin. `rolled_days` says which there are: a day without anything has no other row.
create table rolled_days (
  topic text not null check (topic in ('errors', 'costs', 'outcomes')),
  day timestamptz not null,
  rolled_at timestamptz not null default clock_timestamp(),
  primary key (topic, day)
);
create table error_days (
  day timestamptz not null,
  failure_class failure_class not null,
  -- Empty: none was tried.
  strategy text not null,
  errors bigint not null,
  recovered bigint not null,
  unrecovered bigint not null,
  -- Of those that were recovered from.
  recovery_ms bigint not null,
  primary key (day, failure_class, strategy)
);
-- Groups of errors by days (24 hours), and by quarters of days (6).
create table error_group_spans (
  hours integer not null,
  at timestamptz not null,
  fingerprint text not null,
  failure_class failure_class not null,
  component text not null,
  code text not null,
  errors bigint not null,
  recovered bigint not null,
  unrecovered bigint not null,
  of_processes bigint not null,
  with_whole_evidence bigint not null,
  last_at timestamptz not null,
  primary key (hours, at, fingerprint, failure_class, component, code)
);
create table cost_days (
  day timestamptz not null,
  model text not null,
  project_id uuid,
  nano_usd bigint not null,
  presumed_nano_usd bigint not null,
  wasted_nano_usd bigint not null,
  calls bigint not null
);
create unique index cost_days_one on cost_days (day, model, coalesce(project_id::text, ''));

create table outcome_days (
  day timestamptz not null,
  -- Empty: none had been chosen.
  model text not null,
  agent text not null,
  band text not null check (band in ('low', 'medium', 'high')),
  failure_class failure_class,
  success boolean not null,
  cycles integer not null,
  attempts bigint not null,
  nano_usd bigint not null,
  duration_ms bigint not null
);
create index outcome_days_day on outcome_days (day);

-- Days of which a row has changed since they were summed up; added in the same transaction, and only ever added, so that
-- nobody waits for anybody. Until it is summed up again, such a day is read row by row. A day that is not over has no sums
-- yet: what is done in it, which is nearly everything, leaves no mark.
create table stale_days (
  topic text not null,
  day timestamptz not null
);
create function is_of_past_day(at timestamptz) returns boolean language sql volatile
  return at < date_trunc('day', clock_timestamp(), 'UTC');

create function error_events_stale() returns trigger language plpgsql as $$
begin
  insert into stale_days (topic, day) select distinct 'errors', date_trunc('day', timestamp, 'UTC') from changed
    where is_of_past_day(timestamp);
  return null;
end $$;
create trigger error_events_stale_insert after insert on error_events referencing new table as changed
  for each statement execute function error_events_stale();
create trigger error_events_stale_update after update on error_events referencing new table as changed
  for each statement execute function error_events_stale();
create trigger error_events_stale_before after update on error_events referencing old table as changed
  for each statement execute function error_events_stale();
create trigger error_events_stale_delete after delete on error_events referencing old table as changed
  for each statement execute function error_events_stale();

create function cost_tracking_stale() returns trigger language plpgsql as $$
begin
  insert into stale_days (topic, day)
    select distinct 'costs', date_trunc('day', at, 'UTC')
    from (values (case when tg_op <> 'INSERT' then old.settled_at end), (case when tg_op <> 'DELETE' then new.settled_at end)) as moments (at)
    where is_of_past_day(at);
  return null;
end $$;
create trigger cost_tracking_stale_insert after insert on cost_tracking
  for each row when (new.type = 'actual' and is_of_past_day(new.settled_at)) execute function cost_tracking_stale();
create trigger cost_tracking_stale_update after update on cost_tracking
  for each row when (new.type = 'actual' and (is_of_past_day(old.settled_at) or is_of_past_day(new.settled_at))
    and (old.settled_at, old.actual_nano_usd, old.status, old.is_wasted, old.model)
    is distinct from (new.settled_at, new.actual_nano_usd, new.status, new.is_wasted, new.model))
  execute function cost_tracking_stale();
create trigger cost_tracking_stale_delete after delete on cost_tracking
  for each row when (old.type = 'actual' and is_of_past_day(old.settled_at)) execute function cost_tracking_stale();

-- An attempt cost what its work order had cost by then, without what it had cost at the attempt before: one that is added
-- or taken away changes the next one.
create function outcome_vectors_stale() returns trigger language plpgsql as $$
begin
  insert into stale_days (topic, day)
    select distinct 'outcomes', date_trunc('day', at, 'UTC') from (
      select created_at as at from changed
      union all
      select v.created_at from changed c join outcome_vectors v on v.work_order_id = c.work_order_id
        and v.created_at >= c.created_at
    ) as moments
    where is_of_past_day(at);
  return null;
end $$;
create trigger outcome_vectors_stale_insert after insert on outcome_vectors referencing new table as changed
  for each statement execute function outcome_vectors_stale();
create trigger outcome_vectors_stale_update after update on outcome_vectors referencing new table as changed
  for each statement execute function outcome_vectors_stale();
create trigger outcome_vectors_stale_before after update on outcome_vectors referencing old table as changed
  for each statement execute function outcome_vectors_stale();
create trigger outcome_vectors_stale_delete after delete on outcome_vectors referencing old table as changed
  for each statement execute function outcome_vectors_stale();

-- What the newest days are read from, without the rows themselves.
drop index error_events_timestamp;
create index error_events_timestamp on error_events (timestamp)
  include (failure_class, recovery_strategy, recovery_success, resolution_time_ms);
drop index cost_tracking_settled;
create index cost_tracking_settled on cost_tracking (settled_at)
  include (status, actual_nano_usd, model, service_name, work_order_id, is_wasted) where type = 'actual';
create index error_events_class on error_events (failure_class, timestamp);
drop index error_events_fingerprint;
create index error_events_fingerprint on error_events (fingerprint, timestamp) include (work_order_id);
drop index error_events_work_order;
create index error_events_work_order on error_events (work_order_id, timestamp) include (error_type);
-- By when they were made they lie one after the other: an index of ranges of pages is next to nothing to keep.
create index cost_tracking_created on cost_tracking using brin (created_at) with (pages_per_range = 32, autosummarize = on);
create index cost_tracking_architect on cost_tracking (created_at) where type = 'reservation' and service_name = 'architect';
-- Of those that are not over, too: at any day in the past, what was open is what had begun and was not over.
create index work_orders_finished on work_orders (finished_at) include (status, created_at);
create index outcome_vectors_work_order on outcome_vectors (work_order_id, created_at, id) include (cost_nano_usd);

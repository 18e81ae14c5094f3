-- Who asked for each work order, and limits per person and per project for a day and a month.

alter table work_orders add column requested_by text not null default '';
alter table work_orders disable trigger user;
update work_orders w set requested_by = coalesce(
  (select actor from work_order_events e where e.work_order_id = w.id order by id limit 1), nullif(w.changed_by, ''), 'moose');
alter table work_orders enable trigger user;
alter table work_orders add constraint work_orders_requested check (requested_by <> '');

-- Whoever inserts it has asked for it, unless the row names somebody else.
create function work_orders_requested() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.requested_by := coalesce(nullif(new.requested_by, ''), nullif(new.changed_by, ''), 'moose');
  else
    raise exception 'The requester of a work order never changes' using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger work_orders_requested_insert before insert on work_orders
  for each row execute function work_orders_requested();
create trigger work_orders_requested_update before update on work_orders
  for each row when (old.requested_by is distinct from new.requested_by) execute function work_orders_requested();

-- For whom a plan is made, if a program asks with a token of a person; otherwise whoever asks.
alter table plannings add column requested_by text;

-- The name under which limits count an actor: 'ada' for 'human:ada'. Null for Moose itself, which has no limit of a person.
create function name_of_actor(p_actor text) returns text language sql immutable as $$
  select case when p_actor like 'human:%' then nullif(substr(p_actor, 7), '')
    when p_actor like 'moose%' then null else nullif(p_actor, '') end
$$;

-- The subject is the name of a person or program, '*' for each one without a limit of their own, or the ID of a project.
create table spending_limits (
  kind text not null check (kind in ('person', 'project')),
  subject text not null check (subject <> ''),
  daily_nano_usd bigint check (daily_nano_usd >= 0),
  monthly_nano_usd bigint check (monthly_nano_usd >= 0),
  set_by text not null,
  set_at timestamptz not null default clock_timestamp(),
  primary key (kind, subject),
  check (daily_nano_usd is not null or monthly_nano_usd is not null)
);
-- Windows of people, of which those without a limit of their own are found only by their keys.
create index budget_windows_of_people on budget_windows (key) where key like 'person%';

-- As before, and the windows of the requester and the project. The Architect stands outside every day, inside every month.
create or replace function budget_windows_of(p_metadata jsonb, p_service_name text default '', p_at timestamptz default now())
returns table (key text, limit_nano_usd bigint) language sql stable as $$
  with setting as (
    select coalesce(max(value #>> '{}') filter (where c.key = 'budget.time_zone'), 'UTC') as zone,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.daily_limit_usd'), '100')::numeric as daily,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.monthly_limit_usd'), '500')::numeric as monthly
    from system_config c
  ),
  local_now as (
    select to_char(p_at at time zone zone, 'YYYY-MM-DD') as day, to_char(p_at at time zone zone, 'YYYY-MM') as month,
      daily, monthly from setting
  ),
  asker as (
    select name_of_actor(coalesce(
      (select requested_by from work_orders where id = (p_metadata ->> 'work_order_id')::uuid),
      p_metadata ->> 'asked_by')) as name
  ),
  limited as (
    select 'person' as kind, asker.name as subject, coalesce(own.daily_nano_usd, each.daily_nano_usd) as daily,
      coalesce(own.monthly_nano_usd, each.monthly_nano_usd) as monthly
    from asker left join spending_limits own on own.kind = 'person' and own.subject = asker.name
      left join spending_limits each on each.kind = 'person' and each.subject = '*'
    where asker.name is not null
    union all
    select kind, subject, daily_nano_usd, monthly_nano_usd from spending_limits
    where kind = 'project' and subject = p_metadata ->> 'project_id'
  )
  select candidates.key, candidates.nano_usd
  from (
    select 'month:' || month, (monthly * 1000000000)::bigint from local_now
    union all
    select 'day:' || day, (daily * 1000000000)::bigint from local_now where p_service_name <> 'architect'
    union all
    select 'project:' || (p_metadata ->> 'project_id'),
      (select ((settings ->> 'limit_usd')::numeric * 1000000000)::bigint from projects
        where id = (p_metadata ->> 'project_id')::uuid)
      where p_service_name <> 'architect'
    union all
    select 'work_order:' || (p_metadata ->> 'work_order_id'),
      (select limit_nano_usd from work_orders where id = (p_metadata ->> 'work_order_id')::uuid)
      where p_service_name <> 'architect'
    union all
    select kind || '_month:' || month || ':' || subject, limited.monthly from limited, local_now
    union all
    select kind || '_day:' || day || ':' || subject, limited.daily from limited, local_now
      where p_service_name <> 'architect'
  ) as candidates (key, nano_usd)
  where candidates.key is not null and candidates.nano_usd is not null
  order by candidates.key
$$;

-- Every limit of a day or a month that is in force, and the windows of people who have used some of the limit for each.
create function limits_in_force(p_at timestamptz default now())
returns table (key text, kind text, subject text, limit_nano_usd bigint) language sql stable as $$
  with setting as (
    select coalesce((select value #>> '{}' from system_config c where c.key = 'budget.time_zone'), 'UTC') as zone
  ),
  spans as (
    select 'day' as span, to_char(p_at at time zone zone, 'YYYY-MM-DD') as name from setting
    union all select 'month', to_char(p_at at time zone zone, 'YYYY-MM') from setting
  ),
  given as (
    select l.kind, l.subject, s.span, l.kind || '_' || s.span || ':' || s.name || ':' as prefix,
      case s.span when 'day' then coalesce(l.daily_nano_usd, each.daily_nano_usd)
        else coalesce(l.monthly_nano_usd, each.monthly_nano_usd) end as nano_usd
    from spending_limits l cross join spans s
      left join spending_limits each on l.kind = 'person' and each.kind = 'person' and each.subject = '*'
  )
  select w.key, 'system', null, w.limit_nano_usd from budget_windows_of('{}', '', p_at) w
  union all
  select prefix || given.subject, given.kind, given.subject, nano_usd from given where nano_usd is not null
  union all
  select w.key, 'person', substr(w.key, length(prefix) + 1), nano_usd
  from given join budget_windows w on w.key like 'person%' and starts_with(w.key, prefix)
  where given.kind = 'person' and given.subject = '*' and nano_usd is not null
    and not exists (select from spending_limits own where own.kind = 'person' and own.subject = substr(w.key, length(prefix) + 1))
$$;

-- Whoever reserves holds this shared, whoever sets a limit holds it alone: no envelope is made under the limits of before
-- once a limit has counted what there is. The key is 'moos' in ASCII.
create function hold_limits(p_alone boolean) returns void language plpgsql as $$
begin
  if p_alone then
    perform pg_advisory_xact_lock(x'6d6f6f73'::integer, 2);
  else
    perform pg_advisory_xact_lock_shared(x'6d6f6f73'::integer, 2);
  end if;
end $$;

-- A new limit counts from the beginning of its month and day: the envelopes since then join its windows. Envelopes are
-- locked before windows, as everywhere.
create function spending_limits_count() returns trigger language plpgsql as $$
declare
  v_since timestamptz;
  v_ids uuid[];
begin
  perform hold_limits(true);
  select date_trunc('month', now() at time zone zone) at time zone zone into v_since
    from (select coalesce((select value #>> '{}' from system_config where key = 'budget.time_zone'), 'UTC') as zone) z;
  select array_agg(id) into v_ids from (
    select e.id from cost_tracking e
    where e.type = 'reservation' and e.created_at >= v_since and case new.kind
      when 'project' then e.metadata ->> 'project_id' = new.subject
      else new.subject in ('*', name_of_actor(coalesce(
        (select requested_by from work_orders w where w.id = e.work_order_id), e.metadata ->> 'asked_by'))) end
    order by e.id for update of e) locked;
  if v_ids is null then
    return null;
  end if;
  perform lock_windows();
  with missing as materialized (
    select e.id, l.key, l.limit_nano_usd, held_by_envelope(e) as held, e.drawn_spent_nano_usd as spent,
      e.drawn_presumed_nano_usd as presumed
    from cost_tracking e cross join lateral budget_windows_of(e.metadata, e.service_name, e.created_at) l
    where e.id = any (v_ids) and l.key ~ '^(person|project)_(day|month):' and not l.key = any (e.window_keys)
  ),
  counted as (
    insert into budget_windows as w (key, limit_nano_usd, held_nano_usd, spent_nano_usd, presumed_nano_usd)
      select key, max(limit_nano_usd), sum(held), sum(spent), sum(presumed) from missing group by key order by key
      on conflict (key) do update set held_nano_usd = w.held_nano_usd + excluded.held_nano_usd,
        spent_nano_usd = w.spent_nano_usd + excluded.spent_nano_usd,
        presumed_nano_usd = w.presumed_nano_usd + excluded.presumed_nano_usd
  )
  update cost_tracking e set window_keys = (select array_agg(k order by k) from unnest(e.window_keys || added.keys) k)
    from (select id, array_agg(key) as keys from missing group by id) added where added.id = e.id;
  return null;
end $$;
create trigger spending_limits_count after insert or update on spending_limits
  for each row execute function spending_limits_count();

create function spending_limits_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, detail) values ('setting', 'spending_limits', jsonb_build_object('act', lower(tg_op)));
  return null;
end $$;
create trigger spending_limits_live after insert or update or delete on spending_limits
  for each row execute function spending_limits_live();

-- As before, under the limits that are in force at this moment.
create or replace function check_and_reserve_budget(
  p_estimated_cost numeric, p_service_name text, p_metadata jsonb default '{}')
returns table (can_proceed boolean, current_total numeric, reservation_id uuid)
language plpgsql as $$
declare
  v_total bigint;
begin
  -- NaN and infinity are above every number; no single reservation is worth a billion.
  if p_estimated_cost is null or p_estimated_cost <= 0 or p_estimated_cost >= 1000000000 then
    raise exception 'A reservation must be above 0 dollars and below a billion, not %',
      coalesce(p_estimated_cost::text, 'nothing') using errcode = 'MS010';
  end if;
  perform hold_limits(false);
  select r.total_nano_usd, r.reservation_id into v_total, reservation_id
    from reserve_in_windows(ceil(p_estimated_cost * 1000000000)::bigint, p_service_name, p_metadata, now()) r;
  can_proceed := reservation_id is not null;
  current_total := v_total * 0.000000001;
  return next;
end $$;

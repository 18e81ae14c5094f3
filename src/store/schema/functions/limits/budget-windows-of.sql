-- The windows that a reservation counts in, with their limits: of the day and the month, the work order, the project and the
-- requester. The Architect is outside every window of a day, and in every one of a month.
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

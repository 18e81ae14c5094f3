-- Every limit of a day or a month that is in force, and the windows of people who have used some of the limit for each.
create or replace function limits_in_force(p_at timestamptz default now())
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

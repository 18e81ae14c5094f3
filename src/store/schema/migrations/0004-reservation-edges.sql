-- A setting that is missing must not lift a limit; an amount that is none is refused by its own code, whatever it is.

create or replace function budget_windows_of(p_metadata jsonb) returns table (key text, limit_nano_usd bigint)
language sql stable as $$
  with setting as (
    select coalesce(max(value #>> '{}') filter (where c.key = 'budget.time_zone'), 'UTC') as zone,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.daily_limit_usd'), '100')::numeric as daily,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.monthly_limit_usd'), '500')::numeric as monthly
    from system_config c
  ),
  local_now as (select now() at time zone zone as at, daily, monthly from setting)
  select candidates.key, (candidates.limit_usd * 1000000000)::bigint
  from (
    select 'day:' || to_char(at, 'YYYY-MM-DD'), daily from local_now
    union all
    select 'month:' || to_char(at, 'YYYY-MM'), monthly from local_now
    union all
    select 'project:' || (p_metadata ->> 'project_id'),
      (select (settings ->> 'limit_usd')::numeric from projects where id = (p_metadata ->> 'project_id')::uuid)
    union all
    select 'work_order:' || (p_metadata ->> 'work_order_id'),
      (select limit_nano_usd * 0.000000001 from work_orders where id = (p_metadata ->> 'work_order_id')::uuid)
  ) as candidates (key, limit_usd)
  where candidates.key is not null and candidates.limit_usd is not null
  order by candidates.key
$$;

create or replace function check_and_reserve_budget(
  p_estimated_cost numeric, p_service_name text, p_metadata jsonb default '{}')
returns table (can_proceed boolean, current_total numeric, reservation_id uuid)
language plpgsql as $$
declare
  v_amount bigint;
  v_id uuid := gen_random_uuid();
  v_keys text[] := '{}';
  v_window record;
  v_total bigint;
  v_refused_by text;
begin
  -- NaN and infinity are above every number; no single reservation is worth a billion.
  if p_estimated_cost is null or p_estimated_cost <= 0 or p_estimated_cost >= 1000000000 then
    raise exception 'A reservation must be above 0 dollars and below a billion, not %',
      coalesce(p_estimated_cost::text, 'nothing') using errcode = 'MS010';
  end if;
  v_amount := ceil(p_estimated_cost * 1000000000);
  begin
    for v_window in select * from budget_windows_of(p_metadata) loop
      -- A limit that was changed in the settings holds from the next reservation on.
      insert into budget_windows as w (key, limit_nano_usd) values (v_window.key, v_window.limit_nano_usd)
        on conflict (key) do update set limit_nano_usd = excluded.limit_nano_usd
        where w.limit_nano_usd <> excluded.limit_nano_usd;
      update budget_windows w set held_nano_usd = held_nano_usd + v_amount
        where w.key = v_window.key and not is_frozen
          and w.limit_nano_usd - held_nano_usd - spent_nano_usd - presumed_nano_usd >= v_amount;
      if not found then
        v_refused_by := v_window.key;
        raise exception 'refused' using errcode = 'MS011';
      end if;
      v_keys := v_keys || v_window.key;
    end loop;
    insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, window_keys, metadata)
      values (v_id, 'reservation', 'held', p_service_name, (p_metadata ->> 'work_order_id')::uuid,
        (p_metadata ->> 'run_id')::uuid, v_amount, v_keys, p_metadata);
  exception when sqlstate 'MS011' then
    v_id := null;
  end;
  -- A window that the refused reservation would have been the first in has nothing in it.
  select held_nano_usd + spent_nano_usd + presumed_nano_usd into v_total from budget_windows w
    where w.key = coalesce(v_refused_by, v_keys[1]);
  return query select v_id is not null, coalesce(v_total, 0) * 0.000000001, v_id;
end $$;

create or replace function settle_reservation(p_reservation_id uuid, p_actual_nano_usd bigint, p_presumed_nano_usd bigint)
returns boolean language plpgsql as $$
declare
  v_hold cost_tracking;
  v_overrun bigint;
begin
  if p_actual_nano_usd is null or p_presumed_nano_usd is null or p_actual_nano_usd < 0 or p_presumed_nano_usd < 0 then
    raise exception 'A settlement must be 0 or more, not % and %', p_actual_nano_usd, p_presumed_nano_usd
      using errcode = 'MS010';
  end if;
  select * into v_hold from cost_tracking where id = p_reservation_id and type = 'reservation' for update;
  if v_hold.id is null or v_hold.status <> 'held' then
    return false;
  end if;
  v_overrun := greatest(0, p_actual_nano_usd + p_presumed_nano_usd - v_hold.reserved_nano_usd);
  update budget_windows w set
      held_nano_usd = held_nano_usd - v_hold.reserved_nano_usd,
      spent_nano_usd = spent_nano_usd + p_actual_nano_usd,
      presumed_nano_usd = presumed_nano_usd + p_presumed_nano_usd,
      overrun_nano_usd = overrun_nano_usd + v_overrun,
      is_frozen = is_frozen or v_overrun > 0
    from (select key from budget_windows where key = any (v_hold.window_keys) order by key for update) locked
    where w.key = locked.key;
  update cost_tracking set
      status = case when p_actual_nano_usd = 0 and p_presumed_nano_usd = 0 then 'cancelled' else 'settled' end,
      actual_nano_usd = p_actual_nano_usd + p_presumed_nano_usd, settled_at = clock_timestamp()
    where id = p_reservation_id;
  if v_overrun > 0 then
    insert into system_alerts (id, severity, component, message, metadata)
    values (gen_random_uuid(), 'critical', 'budget', 'A settlement is above its hold: the windows are frozen',
      jsonb_build_object('reservation_id', p_reservation_id, 'overrun_nano_usd', v_overrun, 'windows', v_hold.window_keys));
  end if;
  return true;
end $$;

-- Money: limits, windows, holds. At every instant spent + held + presumed <= limit (R-BUD-2).

create table system_config (
  key text primary key,
  value jsonb not null,
  updated_by text not null default 'moose',
  updated_at timestamptz not null default now()
);
insert into system_config (key, value) values
  ('budget.daily_limit_usd', '100'),
  ('budget.monthly_limit_usd', '500'),
  ('budget.warning_share', '0.5'),
  ('budget.time_zone', '"UTC"');

-- A window is a span of time or a thing that has a limit of its own. No table check holds the invariant:
-- a check would lose the record of an overrun; the reservation's predicate holds it instead.
create table budget_windows (
  key text primary key,
  limit_nano_usd bigint not null check (limit_nano_usd >= 0),
  held_nano_usd bigint not null default 0 check (held_nano_usd >= 0),
  spent_nano_usd bigint not null default 0 check (spent_nano_usd >= 0),
  presumed_nano_usd bigint not null default 0 check (presumed_nano_usd >= 0),
  overrun_nano_usd bigint not null default 0 check (overrun_nano_usd >= 0),
  is_frozen boolean not null default false,
  created_at timestamptz not null default now()
);

create table cost_tracking (
  id uuid primary key,
  -- 'reservation': an envelope, held in windows. 'actual': one call, drawn from an envelope.
  type text not null check (type in ('reservation', 'actual')),
  -- 'sent': a call whose answer is not known yet; after a crash it becomes 'presumed', never free.
  status text not null check (status in ('held', 'sent', 'settled', 'presumed', 'cancelled')),
  service_name text not null,
  work_order_id uuid references work_orders,
  run_id uuid references runs,
  reservation_id uuid references cost_tracking,
  -- What was set aside: the envelope, or the worst case of the call.
  reserved_nano_usd bigint not null check (reserved_nano_usd >= 0),
  actual_nano_usd bigint check (actual_nano_usd >= 0),
  model text,
  input_tokens bigint,
  output_tokens bigint,
  window_keys text[] not null default '{}',
  metadata jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz
);
create index cost_tracking_open on cost_tracking (status) where status in ('held', 'sent');
create index cost_tracking_work_order on cost_tracking (work_order_id, created_at);
create index cost_tracking_reservation on cost_tracking (reservation_id);

-- The windows that a reservation draws on, with their limits, in the one order in which they are locked.
create function budget_windows_of(p_metadata jsonb) returns table (key text, limit_nano_usd bigint)
language sql stable as $$
  with zone as (select value #>> '{}' as name from system_config where system_config.key = 'budget.time_zone'),
  local_now as (select now() at time zone zone.name as at from zone)
  select candidates.key, (candidates.limit_usd * 1000000000)::bigint
  from (
    select 'day:' || to_char(at, 'YYYY-MM-DD'),
      (select (value #>> '{}')::numeric from system_config c where c.key = 'budget.daily_limit_usd') from local_now
    union all
    select 'month:' || to_char(at, 'YYYY-MM'),
      (select (value #>> '{}')::numeric from system_config c where c.key = 'budget.monthly_limit_usd') from local_now
    union all
    select 'project:' || (p_metadata ->> 'project_id'),
      (select (settings ->> 'limit_usd')::numeric from projects where id = (p_metadata ->> 'project_id')::uuid)
    union all
    select 'work_order:' || (p_metadata ->> 'work_order_id'),
      (select limit_nano_usd::numeric / 1000000000 from work_orders where id = (p_metadata ->> 'work_order_id')::uuid)
  ) as candidates (key, limit_usd)
  where candidates.key is not null and candidates.limit_usd is not null
  order by candidates.key
$$;

-- Sets money aside in every window concerned, or in none. Dollars at the edge, nano-dollars inside.
create function check_and_reserve_budget(p_estimated_cost numeric, p_service_name text, p_metadata jsonb default '{}')
returns table (can_proceed boolean, current_total numeric, reservation_id uuid)
language plpgsql as $$
declare
  v_amount bigint := ceil(p_estimated_cost * 1000000000);
  v_id uuid := gen_random_uuid();
  v_keys text[] := '{}';
  v_window record;
  v_total bigint;
  v_refused_by text;
begin
  if p_estimated_cost is null or p_estimated_cost <= 0 then
    raise exception 'A reservation must be above 0 dollars, not %', p_estimated_cost using errcode = 'MS010';
  end if;
  begin
    for v_window in select * from budget_windows_of(p_metadata) loop
      -- A limit that was changed in the settings holds from the next reservation on.
      insert into budget_windows as w (key, limit_nano_usd) values (v_window.key, v_window.limit_nano_usd)
        on conflict (key) do update set limit_nano_usd = excluded.limit_nano_usd
        where w.limit_nano_usd <> excluded.limit_nano_usd;
      update budget_windows w set held_nano_usd = held_nano_usd + v_amount
        where w.key = v_window.key and not is_frozen
          and held_nano_usd + spent_nano_usd + presumed_nano_usd + v_amount <= w.limit_nano_usd;
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
  select held_nano_usd + spent_nano_usd + presumed_nano_usd into v_total from budget_windows w
    where w.key = coalesce(v_refused_by, v_keys[1]);
  return query select v_id is not null, v_total::numeric / 1000000000, v_id;
end $$;

-- Ends a hold, once: what was really spent, and what must be presumed spent. More than was held is booked all
-- the same, freezes the windows and raises an alert: it means that a bound is wrong.
create function settle_reservation(p_reservation_id uuid, p_actual_nano_usd bigint, p_presumed_nano_usd bigint)
returns boolean language plpgsql as $$
declare
  v_hold cost_tracking;
  v_overrun bigint;
begin
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

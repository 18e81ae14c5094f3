-- The ledger of single calls: each draws its worst case from its envelope before it is sent, and ends once. Windows move
-- with every end, so that at each instant spent + held + presumed is at most the limit, and at least what was billed
-- (R-BUD-2). Rows are locked in one order everywhere: run, work order, envelope, call, windows by their keys.

-- The processes that carry calls; one that is not heard of any more leaves calls behind whose cost nobody knows.
create table gateways (
  id uuid primary key,
  host text not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  -- When somebody first saw that its heartbeat is late.
  suspected_at timestamptz,
  ended_at timestamptz
);

-- What a session or a run may call with: of the secret only its hash is kept.
create table gateway_keys (
  id uuid primary key,
  key_hash bytea not null unique,
  work_order_id uuid references work_orders,
  run_id uuid references runs,
  session_id uuid references sessions,
  -- Where there is no run: the money is set aside for this key alone.
  reservation_id uuid references cost_tracking,
  service_name text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- The brake: set once, and nothing is drawn any more.
  stopped_reason text,
  check (run_id is not null or reservation_id is not null)
);
create index gateway_keys_run on gateway_keys (run_id);
create index gateway_keys_session on gateway_keys (session_id) where session_id is not null;
create function gateway_keys_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_stopped_keys', new.id::text);
  return null;
end $$;
create trigger gateway_keys_notify after update on gateway_keys
  for each row when (old.stopped_reason is null and new.stopped_reason is not null) execute function gateway_keys_notify();

-- Of a window: when people were told that a good part of it is gone.
alter table budget_windows add column warned_at timestamptz;

alter table cost_tracking
  -- Of an envelope: what its calls have on their way, have cost, and are presumed to have cost.
  add column drawn_open_nano_usd bigint not null default 0 check (drawn_open_nano_usd >= 0),
  add column drawn_spent_nano_usd bigint not null default 0 check (drawn_spent_nano_usd >= 0),
  add column drawn_presumed_nano_usd bigint not null default 0 check (drawn_presumed_nano_usd >= 0),
  -- Of a call.
  add column session_id uuid,
  add column key_id uuid,
  add column gateway_id uuid,
  add column provider text,
  add column wire text,
  add column is_stream boolean,
  add column price_version text,
  add column input_tokens_max bigint,
  add column output_tokens_max bigint,
  add column cache_read_tokens bigint,
  add column cache_write_tokens bigint,
  add column cache_write_hour_tokens bigint,
  add column http_status integer,
  add column failure text,
  add column retry_after_ms integer,
  add column first_byte_ms integer,
  add column duration_ms integer;
-- Each check of a foreign key is time that every call waits for. The functions below read the rows that they name, and none
-- of those is ever deleted; the work order's key stays.
alter table cost_tracking
  drop constraint cost_tracking_reservation_id_fkey,
  drop constraint cost_tracking_run_id_fkey;
-- An envelope is updated by each of its calls: room for its next version on the same page.
alter table cost_tracking set (fillfactor = 85);
drop index cost_tracking_reservation;
create index cost_tracking_reservation on cost_tracking (reservation_id) where reservation_id is not null;
create index cost_tracking_session on cost_tracking (session_id, created_at) where session_id is not null;
create index cost_tracking_gateway on cost_tracking (gateway_id) where status = 'sent' and gateway_id is not null;

-- Only where they are asked for: what was sent and what came back, without secrets.
create table call_bodies (
  call_id uuid primary key references cost_tracking,
  request text not null,
  response text not null,
  created_at timestamptz not null default clock_timestamp()
);
create index call_bodies_created_at on call_bodies (created_at);

-- Envelopes of before: their counters are the sums of their calls, and the windows get what is known by now.
update cost_tracking c set status = 'presumed', actual_nano_usd = c.reserved_nano_usd, settled_at = clock_timestamp()
  from cost_tracking envelope
  where envelope.id = c.reservation_id and envelope.status <> 'held' and c.type = 'actual' and c.status = 'sent';
insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
    actual_nano_usd, created_at, settled_at)
  select gen_random_uuid(), 'actual', 'settled', service_name, work_order_id, run_id, id, actual_nano_usd,
    actual_nano_usd, created_at, settled_at
  from cost_tracking envelope
  where type = 'reservation' and actual_nano_usd > 0
    and not exists (select from cost_tracking c where c.reservation_id = envelope.id);
update cost_tracking envelope set
    drawn_open_nano_usd = drawn.open, drawn_spent_nano_usd = drawn.spent, drawn_presumed_nano_usd = drawn.presumed
  from (select reservation_id,
      coalesce(sum(reserved_nano_usd) filter (where status = 'sent'), 0)::bigint as open,
      coalesce(sum(actual_nano_usd) filter (where status = 'settled'), 0)::bigint as spent,
      coalesce(sum(actual_nano_usd) filter (where status = 'presumed'), 0)::bigint as presumed
    from cost_tracking where type = 'actual' and reservation_id is not null group by reservation_id) drawn
  where drawn.reservation_id = envelope.id;
update budget_windows w set
    held_nano_usd = sums.held, spent_nano_usd = sums.spent, presumed_nano_usd = sums.presumed
  from (select key,
      sum(case when status = 'held' then reserved_nano_usd else 0 end)::bigint as held_before,
      sum(case when status = 'held' then 0 else actual_nano_usd end)::bigint as gone_before,
      sum(case when status = 'held' then
        greatest(reserved_nano_usd - drawn_spent_nano_usd - drawn_presumed_nano_usd, drawn_open_nano_usd) else 0 end)::bigint as held,
      sum(drawn_spent_nano_usd)::bigint as spent, sum(drawn_presumed_nano_usd)::bigint as presumed
    from cost_tracking, unnest(window_keys) as named (key) where type = 'reservation' group by key) sums
  -- One that did not add up before stays as it is, for a human to look at.
  where w.key = sums.key and w.held_nano_usd = sums.held_before
    and w.spent_nano_usd + w.presumed_nano_usd = sums.gone_before;
update cost_tracking set actual_nano_usd = drawn_spent_nano_usd + drawn_presumed_nano_usd
  where type = 'reservation' and status <> 'held';

-- Counters only ever grow. One exception: what was presumed of a call is taken back by the evidence of what it cost, by
-- exactly that much, for exactly this work order.
create or replace function work_orders_guard() returns trigger language plpgsql as $$
declare
  changed record;
begin
  for changed in
    select * from (values
      ('status', old.status::text, new.status::text),
      ('step', coalesce(old.step::text, 'none'), coalesce(new.step::text, 'none')),
      ('step_state', coalesce(old.step_state::text, 'none'), coalesce(new.step_state::text, 'none'))
    ) as pair (kind, from_value, to_value)
    where pair.from_value <> pair.to_value
  loop
    if not exists (
      select 1 from legal_transitions t
      where t.kind = changed.kind and t.from_value = changed.from_value and t.to_value = changed.to_value
    ) then
      raise exception 'Invalid state transition: % % → %', changed.kind, changed.from_value, changed.to_value
        using errcode = 'MS001';
    end if;
  end loop;
  if new.agent_runs < old.agent_runs or new.model_calls < old.model_calls
    or new.input_tokens < old.input_tokens or new.output_tokens < old.output_tokens
    or (new.cost_nano_usd < old.cost_nano_usd and current_setting('moose.cost_evidence', true)
      is distinct from old.id || ' ' || (old.cost_nano_usd - new.cost_nano_usd))
    or new.refinement_cycles < old.refinement_cycles or new.run < old.run
  then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  if old.parked_at is not null and new.changed_by not like 'human:%' and (
    new.parked_at is null or new.status is distinct from old.status or new.run is distinct from old.run)
  then
    raise exception 'A parked work order is moved by a human alone' using errcode = 'MS003';
  end if;
  new.updated_at := clock_timestamp();
  return new;
end $$;

create function count_calls(p_work_order_id uuid, p_nano_usd bigint, p_calls integer, p_input bigint, p_output bigint)
returns void language plpgsql as $$
begin
  if p_work_order_id is null or (p_nano_usd = 0 and p_calls = 0 and p_input = 0 and p_output = 0) then
    return;
  end if;
  if p_nano_usd < 0 then
    perform set_config('moose.cost_evidence', p_work_order_id || ' ' || -p_nano_usd, true);
  end if;
  update work_orders set cost_nano_usd = cost_nano_usd + p_nano_usd, model_calls = model_calls + p_calls,
      input_tokens = input_tokens + p_input, output_tokens = output_tokens + p_output
    where id = p_work_order_id;
  if p_nano_usd < 0 then
    perform set_config('moose.cost_evidence', '', true);
  end if;
end $$;

-- The Architect is started by a human, and rarely: it stands outside the day's limit, inside the month's (R-BUD-8).
drop function budget_windows_of(jsonb);
create function budget_windows_of(p_metadata jsonb, p_service_name text default '', p_at timestamptz default now())
returns table (key text, limit_nano_usd bigint) language sql stable as $$
  with setting as (
    select coalesce(max(value #>> '{}') filter (where c.key = 'budget.time_zone'), 'UTC') as zone,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.daily_limit_usd'), '100')::numeric as daily,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.monthly_limit_usd'), '500')::numeric as monthly
    from system_config c
  ),
  local_now as (select p_at at time zone zone as at, daily, monthly from setting)
  select candidates.key, (candidates.limit_usd * 1000000000)::bigint
  from (
    select 'month:' || to_char(at, 'YYYY-MM'), monthly from local_now
    union all
    select 'day:' || to_char(at, 'YYYY-MM-DD'), daily from local_now where p_service_name <> 'architect'
    union all
    select 'project:' || (p_metadata ->> 'project_id'),
      (select (settings ->> 'limit_usd')::numeric from projects where id = (p_metadata ->> 'project_id')::uuid)
      where p_service_name <> 'architect'
    union all
    select 'work_order:' || (p_metadata ->> 'work_order_id'),
      (select limit_nano_usd * 0.000000001 from work_orders where id = (p_metadata ->> 'work_order_id')::uuid)
      where p_service_name <> 'architect'
  ) as candidates (key, limit_usd)
  where candidates.key is not null and candidates.limit_usd is not null
  order by candidates.key
$$;

-- Whoever changes windows comes in turn: everybody meets in the month's row anyway, and a lock hands over more quickly than
-- a row does. The key is 'moos' in ASCII.
create function lock_windows() returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(x'6d6f6f73'::integer, 1);
end $$;

-- All windows concerned, or none. The total is that of the window that refuses, or of the first. Each window's own predicate
-- decides, as late as it can: whoever waits for it waits for little more than the commit.
create function reserve_in_windows(p_nano_usd bigint, p_service_name text, p_metadata jsonb, p_at timestamptz,
  out total_nano_usd bigint, out reservation_id uuid) language plpgsql as $$
declare
  v_id uuid := gen_random_uuid();
  v_keys text[];
  v_limits bigint[];
  v_there integer;
  v_used bigint;
begin
  select array_agg(l.key order by l.key), array_agg(l.limit_nano_usd order by l.key), count(w.key),
      (array_agg(coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0) order by l.key) filter (where
        w.is_frozen or p_nano_usd > l.limit_nano_usd
          - coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0)))[1]
    into v_keys, v_limits, v_there, v_used
    from budget_windows_of(p_metadata, coalesce(p_service_name, ''), p_at) l left join budget_windows w on w.key = l.key;
  if 0 > any (v_limits) then
    raise exception 'A limit must be 0 dollars or more' using errcode = 'check_violation';
  end if;
  -- What does not fit at this moment is refused without a lock.
  if v_used is not null then
    total_nano_usd := v_used;
    return;
  end if;
  -- The first in a window makes its row.
  if v_there < cardinality(v_keys) then
    insert into budget_windows (key, limit_nano_usd)
      select wanted.key, wanted.limit_nano_usd from unnest(v_keys, v_limits) as wanted (key, limit_nano_usd)
      order by wanted.key on conflict do nothing;
  end if;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, window_keys, metadata)
    values (v_id, 'reservation', 'held', p_service_name, (p_metadata ->> 'work_order_id')::uuid,
      (p_metadata ->> 'run_id')::uuid, p_nano_usd, v_keys, p_metadata);
  perform lock_windows();
  for i in 1 .. cardinality(v_keys) loop
    -- A limit that was changed in the settings holds from the next reservation on.
    update budget_windows w set held_nano_usd = w.held_nano_usd + p_nano_usd, limit_nano_usd = v_limits[i]
      where w.key = v_keys[i] and not w.is_frozen
        and v_limits[i] - w.held_nano_usd - w.spent_nano_usd - w.presumed_nano_usd >= p_nano_usd
      returning w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd into v_used;
    if not found then
      -- Somebody was quicker. Nobody has seen what is taken back here.
      update budget_windows w set held_nano_usd = w.held_nano_usd - p_nano_usd where w.key = any (v_keys[1 : i - 1]);
      delete from cost_tracking c where c.id = v_id;
      select w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd into total_nano_usd
        from budget_windows w where w.key = v_keys[i];
      return;
    end if;
    total_nano_usd := coalesce(total_nano_usd, v_used);
  end loop;
  reservation_id := v_id;
end $$;

-- Dollars at the edge, nano-dollars inside.
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
  select r.total_nano_usd, r.reservation_id into v_total, reservation_id
    from reserve_in_windows(ceil(p_estimated_cost * 1000000000)::bigint, p_service_name, p_metadata, now()) r;
  can_proceed := reservation_id is not null;
  current_total := v_total * 0.000000001;
  return next;
end $$;

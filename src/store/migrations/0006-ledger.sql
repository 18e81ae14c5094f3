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
  add column key_id uuid references gateway_keys,
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

-- All windows concerned, or none. The total is that of the window that refuses, or of the first. Each window's own predicate
-- decides, as late as it can: whoever waits for it waits for little more than the commit.
create function reserve_in_windows(p_nano_usd bigint, p_service_name text, p_metadata jsonb, p_at timestamptz)
returns table (total_nano_usd bigint, reservation_id uuid) language plpgsql as $$
declare
  v_id uuid := gen_random_uuid();
  v_keys text[];
  v_limits bigint[];
  v_there integer;
  v_used bigint;
  v_total bigint;
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
    return query select v_used, null::uuid;
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
      return query select w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, null::uuid
        from budget_windows w where w.key = v_keys[i];
      return;
    end if;
    v_total := coalesce(v_total, v_used);
  end loop;
  return query select v_total, v_id;
end $$;

-- Dollars at the edge, nano-dollars inside.
create or replace function check_and_reserve_budget(
  p_estimated_cost numeric, p_service_name text, p_metadata jsonb default '{}')
returns table (can_proceed boolean, current_total numeric, reservation_id uuid)
language plpgsql as $$
begin
  -- NaN and infinity are above every number; no single reservation is worth a billion.
  if p_estimated_cost is null or p_estimated_cost <= 0 or p_estimated_cost >= 1000000000 then
    raise exception 'A reservation must be above 0 dollars and below a billion, not %',
      coalesce(p_estimated_cost::text, 'nothing') using errcode = 'MS010';
  end if;
  return query
    select r.reservation_id is not null, r.total_nano_usd * 0.000000001, r.reservation_id
    from reserve_in_windows(ceil(p_estimated_cost * 1000000000)::bigint, p_service_name, p_metadata, now()) r;
end $$;

-- What an envelope keeps set aside in its windows: all that is neither spent nor presumed, and whatever is on its way.
create function held_by_envelope(envelope cost_tracking) returns bigint language sql immutable as $$
  select case when envelope.status <> 'held' then 0 else greatest(envelope.drawn_open_nano_usd,
    envelope.reserved_nano_usd - envelope.drawn_spent_nano_usd - envelope.drawn_presumed_nano_usd) end
$$;

-- A counter never goes below 0: the record of a call must not be lost by one that is wrong. The proof finds it.
create function move_in_windows(p_keys text[], p_held bigint, p_spent bigint, p_presumed bigint, p_overrun bigint)
returns void language plpgsql as $$
begin
  if p_held = 0 and p_spent = 0 and p_presumed = 0 and p_overrun = 0 then
    return;
  end if;
  update budget_windows w set
      held_nano_usd = greatest(0, w.held_nano_usd + p_held),
      spent_nano_usd = greatest(0, w.spent_nano_usd + p_spent),
      presumed_nano_usd = greatest(0, w.presumed_nano_usd + p_presumed),
      overrun_nano_usd = w.overrun_nano_usd + p_overrun,
      is_frozen = w.is_frozen or p_overrun > 0
    from (select key from budget_windows where key = any (p_keys) order by key for update) locked
    where w.key = locked.key;
end $$;

create function alert_overrun(p_id uuid, p_overrun bigint, p_keys text[]) returns void language sql as $$
  insert into system_alerts as a (id, key, severity, component, operation, code, message, metadata)
    values (gen_random_uuid(), 'budget.overrun', 'critical', 'budget', 'settle', 'BUDGET_OVERRUN',
      'A settlement is above its hold: the windows are frozen',
      jsonb_build_object('id', p_id, 'overrun_nano_usd', p_overrun, 'windows', p_keys))
    on conflict (key) where resolved_at is null and key is not null do update set
      times = a.times + 1, last_seen_at = clock_timestamp(), metadata = excluded.metadata
$$;

-- Adds to what an envelope's calls have drawn, and moves its windows with it.
create function change_envelope(
  p_id uuid, p_open bigint, p_spent bigint, p_presumed bigint, p_overrun bigint, p_call_id uuid)
returns void language plpgsql as $$
declare
  v_before cost_tracking;
  v_after cost_tracking;
begin
  select * into v_before from cost_tracking where id = p_id for no key update;
  update cost_tracking e set
      drawn_open_nano_usd = greatest(0, e.drawn_open_nano_usd + p_open),
      drawn_spent_nano_usd = e.drawn_spent_nano_usd + p_spent,
      drawn_presumed_nano_usd = greatest(0, e.drawn_presumed_nano_usd + p_presumed),
      actual_nano_usd = e.actual_nano_usd + p_spent + p_presumed
    where e.id = p_id returning * into v_after;
  perform move_in_windows(v_after.window_keys, held_by_envelope(v_after) - held_by_envelope(v_before),
    p_spent, p_presumed, p_overrun);
  if p_overrun > 0 then
    perform alert_overrun(p_call_id, p_overrun, v_after.window_keys);
  end if;
end $$;

-- Takes a call's worst case out of its envelope: 'drawn', 'no_room', 'frozen', or 'closed'. The predicate decides.
create function take_from_envelope(p_envelope_id uuid, p_nano_usd bigint) returns text language plpgsql as $$
declare
  v_envelope cost_tracking;
begin
  if p_nano_usd is null or p_nano_usd < 0 then
    raise exception 'A call draws 0 or more, not %', coalesce(p_nano_usd::text, 'nothing') using errcode = 'MS010';
  end if;
  update cost_tracking e set drawn_open_nano_usd = e.drawn_open_nano_usd + p_nano_usd
    where e.id = p_envelope_id and e.type = 'reservation' and e.status = 'held'
      and e.reserved_nano_usd - e.drawn_open_nano_usd - e.drawn_spent_nano_usd - e.drawn_presumed_nano_usd >= p_nano_usd
      and not exists (select from budget_windows w where w.key = any (e.window_keys) and w.is_frozen);
  if found then
    return 'drawn';
  end if;
  select * into v_envelope from cost_tracking where id = p_envelope_id and type = 'reservation' and status = 'held';
  if not found then
    return 'closed';
  end if;
  if exists (select from budget_windows w where w.key = any (v_envelope.window_keys) and w.is_frozen) then
    return 'frozen';
  end if;
  return 'no_room';
end $$;

-- A call of Moose itself, which no gateway carries. The same call drawn twice is one.
create function draw_own_call(p_call_id uuid, p_reservation_id uuid, p_service_name text, p_model text, p_nano_usd bigint)
returns text language plpgsql as $$
declare
  v_answer text;
begin
  if exists (select from cost_tracking where id = p_call_id and type = 'actual') then
    return 'drawn';
  end if;
  v_answer := take_from_envelope(p_reservation_id, p_nano_usd);
  if v_answer = 'drawn' then
    insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd, model)
      select p_call_id, 'actual', 'sent', p_service_name, e.work_order_id, e.run_id, e.id, p_nano_usd, p_model
      from cost_tracking e where e.id = p_reservation_id
      on conflict (id) do nothing;
    if not found then
      perform change_envelope(p_reservation_id, -p_nano_usd, 0, 0, 0, p_call_id);
    end if;
  end if;
  return v_answer;
end $$;

-- A call that a gateway carries, by the key that its client came with.
create function draw_call(
  p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text,
  p_is_stream boolean, p_nano_usd bigint, p_input_tokens_max bigint, p_output_tokens_max bigint, p_price_version text)
returns table (kind text, left_nano_usd bigint, open_nano_usd bigint, reason text) language plpgsql as $$
declare
  v_key record;
  v_envelope cost_tracking;
  v_answer text;
begin
  select k.*, coalesce(k.reservation_id, r.reservation_id) as envelope_id into v_key
    from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_id and k.key_hash = p_key_hash;
  if v_key.id is null then
    return query select 'key_invalid', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  if exists (select from cost_tracking c where c.id = p_call_id and c.key_id = p_key_id and c.status in ('sent', 'presumed')) then
    return query select 'drawn', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  if v_key.stopped_reason is not null then
    return query select 'stopped', 0::bigint, 0::bigint, v_key.stopped_reason;
    return;
  end if;
  if v_key.revoked_at is not null or v_key.expires_at <= clock_timestamp() or v_key.envelope_id is null then
    return query select 'key_invalid', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  v_answer := take_from_envelope(v_key.envelope_id, p_nano_usd);
  if v_answer <> 'drawn' then
    select * into v_envelope from cost_tracking where id = v_key.envelope_id;
    return query select case v_answer when 'closed' then 'key_invalid' else v_answer end,
      greatest(0, v_envelope.reserved_nano_usd - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd
        - v_envelope.drawn_presumed_nano_usd), v_envelope.drawn_open_nano_usd, null::text;
    return;
  end if;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
      model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max, price_version)
    values (p_call_id, 'actual', 'sent', v_key.service_name, v_key.work_order_id, v_key.run_id, v_key.envelope_id, p_nano_usd,
      p_model, v_key.session_id, v_key.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max,
      p_output_tokens_max, p_price_version)
    on conflict (id) do nothing;
  if not found then
    -- The same call, drawn at the same moment.
    perform change_envelope(v_key.envelope_id, -p_nano_usd, 0, 0, 0, p_call_id);
  end if;
  return query select 'drawn', 0::bigint, 0::bigint, null::text;
end $$;

-- Less is needed than was thought; more than it has is never given. False where nothing changed.
create function shrink_call(p_call_id uuid, p_nano_usd bigint) returns boolean language plpgsql as $$
declare
  v_call cost_tracking;
begin
  select * into v_call from cost_tracking where id = p_call_id and type = 'actual' and status = 'sent';
  if not found or p_nano_usd is null or p_nano_usd < 0 then
    return false;
  end if;
  perform from work_orders where id = v_call.work_order_id for no key update;
  perform from cost_tracking where id = v_call.reservation_id for no key update;
  select * into v_call from cost_tracking where id = p_call_id for no key update;
  if v_call.status <> 'sent' or p_nano_usd >= v_call.reserved_nano_usd then
    return false;
  end if;
  update cost_tracking set reserved_nano_usd = p_nano_usd where id = p_call_id;
  perform change_envelope(v_call.reservation_id, p_nano_usd - v_call.reserved_nano_usd, 0, 0, 0, p_call_id);
  return true;
end $$;

-- Ends a call: as settled with what it cost, as presumed with all that it holds, or as cancelled with nothing. One that is
-- presumed can still be settled or cancelled: that is evidence, also after its envelope has closed. p_calls: how many calls
-- it stands for. False where it has ended so before.
create function end_call(
  p_call_id uuid, p_status text, p_nano_usd bigint, p_usage jsonb default '{}', p_end jsonb default '{}', p_calls integer default 1)
returns boolean language plpgsql as $$
declare
  v_call cost_tracking;
  v_hold bigint;
  v_actual bigint;
  v_was_presumed boolean;
  v_input bigint := coalesce((p_usage ->> 'inputTokens')::bigint, 0);
  v_cache_read bigint := coalesce((p_usage ->> 'cacheReadTokens')::bigint, 0);
  v_cache_write bigint := coalesce((p_usage ->> 'cacheWriteTokens')::bigint, 0);
  v_cache_write_1h bigint := coalesce((p_usage ->> 'cacheWrite1hTokens')::bigint, 0);
  v_output bigint := coalesce((p_usage ->> 'outputTokens')::bigint, 0);
begin
  if p_status = 'settled' and (p_nano_usd is null or p_nano_usd < 0) then
    raise exception 'A call costs 0 or more, not %', coalesce(p_nano_usd::text, 'nothing') using errcode = 'MS010';
  end if;
  select * into v_call from cost_tracking where id = p_call_id and type = 'actual' and status in ('sent', 'presumed');
  if not found then
    return false;
  end if;
  perform from work_orders where id = v_call.work_order_id for no key update;
  perform from cost_tracking where id = v_call.reservation_id for no key update;
  select * into v_call from cost_tracking where id = p_call_id for no key update;
  if v_call.status not in ('sent', 'presumed') or v_call.status = p_status then
    return false;
  end if;
  v_was_presumed := v_call.status = 'presumed';
  v_hold := case when v_was_presumed then v_call.actual_nano_usd else v_call.reserved_nano_usd end;
  v_actual := case p_status when 'settled' then p_nano_usd when 'presumed' then v_hold else 0 end;
  update cost_tracking set
      status = p_status, actual_nano_usd = v_actual, settled_at = clock_timestamp(),
      input_tokens = v_input, cache_read_tokens = v_cache_read, cache_write_tokens = v_cache_write,
      cache_write_hour_tokens = v_cache_write_1h, output_tokens = v_output,
      http_status = (p_end ->> 'httpStatus')::integer, failure = p_end ->> 'failure',
      retry_after_ms = (p_end ->> 'retryAfterMs')::integer, first_byte_ms = (p_end ->> 'firstByteMs')::integer,
      duration_ms = (p_end ->> 'durationMs')::integer
    where id = p_call_id;
  if v_call.reservation_id is not null then
    perform change_envelope(v_call.reservation_id,
      case when v_was_presumed then 0 else -v_hold end,
      case when p_status = 'settled' then v_actual else 0 end,
      case when p_status = 'presumed' then v_hold else 0 end - case when v_was_presumed then v_hold else 0 end,
      case when p_status = 'settled' then greatest(0, v_actual - v_hold) else 0 end, p_call_id);
  end if;
  perform count_calls(v_call.work_order_id, v_actual - case when v_was_presumed then v_hold else 0 end,
    case when v_was_presumed or p_status = 'cancelled' then 0 else p_calls end,
    v_input + v_cache_read + v_cache_write + v_cache_write_1h, v_output);
  return true;
end $$;

create function settle_call(p_call_id uuid, p_nano_usd bigint, p_usage jsonb, p_end jsonb, p_calls integer default 1)
returns boolean language sql as $$ select end_call(p_call_id, 'settled', p_nano_usd, p_usage, p_end, p_calls) $$;
create function presume_call(p_call_id uuid, p_usage jsonb, p_end jsonb, p_calls integer default 1)
returns boolean language sql as $$ select end_call(p_call_id, 'presumed', null, p_usage, p_end, p_calls) $$;
create function void_call(p_call_id uuid, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'cancelled', null, '{}', p_end) $$;

-- A call that was refused before it was drawn: a record without money, for the run that it was made for.
create function record_refused_call(
  p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text,
  p_is_stream boolean, p_input_tokens_max bigint, p_output_tokens_max bigint, p_end jsonb)
returns boolean language plpgsql as $$
begin
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, actual_nano_usd,
      model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max,
      http_status, failure, retry_after_ms, first_byte_ms, duration_ms, settled_at)
    select p_call_id, 'actual', 'cancelled', k.service_name, k.work_order_id, k.run_id, 0, 0,
      p_model, k.session_id, k.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max, p_output_tokens_max,
      (p_end ->> 'httpStatus')::integer, p_end ->> 'failure', (p_end ->> 'retryAfterMs')::integer,
      (p_end ->> 'firstByteMs')::integer, (p_end ->> 'durationMs')::integer, clock_timestamp()
    from gateway_keys k where k.id = p_key_id and k.key_hash = p_key_hash
    on conflict (id) do nothing;
  return found;
end $$;

-- Closes an envelope, once: its calls that are on their way are presumed spent, what nobody drew is free. What was spent or
-- must be presumed without a call of its own is given along, and becomes one. More than was held is booked all the
-- same, freezes the windows and raises an alert: it means that a bound is wrong.
drop function settle_reservation(uuid, bigint, bigint);
create function settle_reservation(p_reservation_id uuid, p_actual_nano_usd bigint default 0, p_presumed_nano_usd bigint default 0)
returns boolean language plpgsql as $$
declare
  v_envelope cost_tracking;
  v_after cost_tracking;
  v_calls integer;
  v_open bigint;
  v_given bigint;
  v_overrun bigint;
begin
  if p_actual_nano_usd is null or p_presumed_nano_usd is null or p_actual_nano_usd < 0 or p_presumed_nano_usd < 0 then
    raise exception 'A settlement must be 0 or more, not % and %', p_actual_nano_usd, p_presumed_nano_usd
      using errcode = 'MS010';
  end if;
  select * into v_envelope from cost_tracking where id = p_reservation_id and type = 'reservation' and status = 'held';
  if not found then
    return false;
  end if;
  perform from work_orders where id = v_envelope.work_order_id for no key update;
  select * into v_envelope from cost_tracking where id = p_reservation_id for no key update;
  if v_envelope.status <> 'held' then
    return false;
  end if;
  with ended as (
    update cost_tracking set status = 'presumed', actual_nano_usd = reserved_nano_usd, settled_at = clock_timestamp()
      where reservation_id = p_reservation_id and type = 'actual' and status = 'sent' returning reserved_nano_usd
  )
  select count(*), coalesce(sum(reserved_nano_usd), 0) into v_calls, v_open from ended;
  v_given := p_actual_nano_usd + p_presumed_nano_usd;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
      actual_nano_usd, settled_at)
    select gen_random_uuid(), 'actual', given.status, v_envelope.service_name, v_envelope.work_order_id, v_envelope.run_id,
      p_reservation_id, given.nano_usd, given.nano_usd, clock_timestamp()
    from (values ('settled', p_actual_nano_usd), ('presumed', p_presumed_nano_usd)) as given (status, nano_usd)
    where given.nano_usd > 0;
  v_overrun := case when v_given = 0 then 0 else greatest(0, v_given - greatest(0, v_envelope.reserved_nano_usd
    - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd - v_envelope.drawn_presumed_nano_usd)) end;
  update cost_tracking e set
      drawn_open_nano_usd = 0,
      drawn_spent_nano_usd = e.drawn_spent_nano_usd + p_actual_nano_usd,
      drawn_presumed_nano_usd = e.drawn_presumed_nano_usd + v_open + p_presumed_nano_usd,
      actual_nano_usd = e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd + v_open + v_given,
      status = case when e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd + v_open + v_given = 0
        then 'cancelled' else 'settled' end,
      settled_at = clock_timestamp()
    where e.id = p_reservation_id returning * into v_after;
  perform move_in_windows(v_after.window_keys, -held_by_envelope(v_envelope), p_actual_nano_usd,
    v_open + p_presumed_nano_usd, v_overrun);
  perform count_calls(v_after.work_order_id, v_open + v_given, v_calls, 0, 0);
  if v_overrun > 0 then
    perform alert_overrun(p_reservation_id, v_overrun, v_after.window_keys);
  end if;
  return true;
end $$;

-- Presumes the calls of gateways that are gone: not heard of for p_silence, in two looks p_between apart. After the
-- database was away every heartbeat is late; the living ones are heard of before the second look.
create function reap_calls(p_silence interval, p_between interval)
returns table (call_id uuid, gateway_id uuid, work_order_id uuid, nano_usd bigint) language plpgsql as $$
declare
  v_calls uuid[];
begin
  update gateways g set suspected_at = null
    where g.suspected_at is not null and g.heartbeat_at > g.suspected_at;
  update gateways g set suspected_at = clock_timestamp()
    where g.suspected_at is null and g.ended_at is null and g.heartbeat_at < clock_timestamp() - p_silence;
  select array_agg(c.id) into v_calls from cost_tracking c left join gateways g on g.id = c.gateway_id
    where c.type = 'actual' and c.status = 'sent' and c.gateway_id is not null
      and (g.ended_at is not null or g.suspected_at <= clock_timestamp() - p_between
        or (g.id is null and c.created_at < clock_timestamp() - p_silence - p_between));
  if v_calls is null then
    return;
  end if;
  -- Many work orders at once: all of them are locked before the first window is.
  perform from work_orders w where w.id in (select c.work_order_id from cost_tracking c where c.id = any (v_calls))
    order by w.id for no key update;
  perform from cost_tracking e where e.id in (select c.reservation_id from cost_tracking c where c.id = any (v_calls))
    order by e.id for no key update;
  perform from cost_tracking c where c.id = any (v_calls) order by c.id for no key update;
  return query
    select c.id, c.gateway_id, c.work_order_id, c.reserved_nano_usd
    from cost_tracking c, lateral (select end_call(c.id, 'presumed', null, '{}', '{"failure": "cut_stream"}') as is_ended) e
    where c.id = any (v_calls) and c.status = 'sent' and e.is_ended;
end $$;

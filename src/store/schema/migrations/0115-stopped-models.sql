-- A call that cost more than its reservation shows that the bound of its model is wrong. Its model is stopped: a window with
-- the key `model:<provider>/<model>`, which holds no money and is frozen. All spending stops only if the call of another
-- model costs too much as well, or if nobody knows the model. `moose limits --thaw` lifts both.
create function stop_model(p_model text, p_overrun bigint) returns void language sql as $$
  insert into budget_windows as w (key, limit_nano_usd, overrun_nano_usd, is_frozen) values ('model:' || p_model, 0, p_overrun, true)
    on conflict (key) do update set overrun_nano_usd = w.overrun_nano_usd + excluded.overrun_nano_usd, is_frozen = true
$$;

create function model_is_stopped(p_model text) returns boolean language sql stable as $$
  select exists (select from budget_windows where is_frozen and key = 'model:' || p_model)
$$;

create or replace function move_in_windows(p_keys text[], p_held bigint, p_spent bigint, p_presumed bigint, p_overrun bigint)
returns void language plpgsql as $$
begin
  if p_held = 0 and p_spent = 0 and p_presumed = 0 and p_overrun = 0 then
    return;
  end if;
  perform lock_windows();
  update budget_windows w set
      held_nano_usd = greatest(0, w.held_nano_usd + p_held),
      spent_nano_usd = greatest(0, w.spent_nano_usd + p_spent),
      presumed_nano_usd = greatest(0, w.presumed_nano_usd + p_presumed),
      overrun_nano_usd = w.overrun_nano_usd + p_overrun
    where w.key = any (p_keys);
end $$;

-- Stops what the overrun shows to be wrong, and raises an alert. The caller holds the lock of the windows.
create or replace function alert_overrun(p_id uuid, p_overrun bigint, p_keys text[]) returns void language plpgsql as $$
declare
  v_model text := (select model from cost_tracking where id = p_id and type = 'actual');
  v_is_narrow boolean := v_model is not null and not exists (select from budget_windows
    where is_frozen and overrun_nano_usd > 0 and key like 'model:%' and key <> 'model:' || v_model);
begin
  if v_model is not null then
    perform stop_model(v_model, p_overrun);
  end if;
  if not v_is_narrow then
    update budget_windows set is_frozen = true where key = any (p_keys);
  end if;
  insert into system_alerts as a (id, key, severity, component, operation, code, message, metadata)
    values (gen_random_uuid(), 'budget.overrun', 'critical', 'budget', 'settle', 'BUDGET_OVERRUN',
      case when v_is_narrow then 'A call of ' || v_model || ' cost more than was reserved for it: the model is stopped'
        else 'A settlement is above its hold: the windows are frozen' end,
      jsonb_build_object('id', p_id, 'overrun_nano_usd', p_overrun, 'windows', p_keys, 'model', v_model))
    on conflict (key) where resolved_at is null and key is not null do update set
      times = a.times + 1, last_seen_at = clock_timestamp(), metadata = excluded.metadata, message = excluded.message;
end $$;

-- 'drawn' always means that the call holds its money. A statement whose answer was lost may have drawn the call while its
-- repetition waited for the envelope: it is drawn, even if there is no more room. A call that was ended is not.
create or replace function draw_call(p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text, p_is_stream boolean, p_nano_usd bigint, p_input_tokens_max bigint, p_output_tokens_max bigint, p_price_version text)
 returns TABLE(kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
 language plpgsql
as $$
declare
  v_key record;
  v_call cost_tracking;
  v_answer text;
begin
  select k.*, coalesce(k.reservation_id, r.reservation_id) as envelope_id into v_key
    from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_id and k.key_hash = p_key_hash;
  if v_key.id is null then
    return query select 'key_invalid', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  -- By its id alone, here and below: whatever the statistics of a young table say, that is one row of one index.
  select * into v_call from cost_tracking where id = p_call_id;
  if found and v_call.key_id = p_key_id and v_call.status in ('sent', 'presumed') then
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
  if model_is_stopped(p_model) then
    return query select 'model_stopped', 0::bigint, 0::bigint, p_model;
    return;
  end if;
  v_answer := take_from_envelope(v_key.envelope_id, p_nano_usd);
  if v_answer = 'drawn' then
    insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
        model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max, price_version)
      values (p_call_id, 'actual', 'sent', v_key.service_name, v_key.work_order_id, v_key.run_id, v_key.envelope_id,
        p_nano_usd, p_model, v_key.session_id, v_key.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max,
        p_output_tokens_max, p_price_version)
      on conflict (id) do nothing;
    if found then
      return query select 'drawn', 0::bigint, 0::bigint, null::text;
      return;
    end if;
    perform change_envelope(v_key.envelope_id, -p_nano_usd, 0, 0, 0, p_call_id);
  end if;
  -- Another statement has drawn or ended the same call since this one looked.
  select * into v_call from cost_tracking where id = p_call_id;
  if found then
    return query select case when v_call.key_id = p_key_id and v_call.status in ('sent', 'presumed') then 'drawn'
      else 'key_invalid' end, 0::bigint, 0::bigint, null::text;
    return;
  end if;
  return query select case v_answer when 'closed' then 'key_invalid' else v_answer end, room.left_nano_usd, room.open_nano_usd,
    null::text from room_of_envelope(v_key.envelope_id) room;
end $$;

-- A call whose cost does not follow from its price stops its model with the booking itself: no gateway can send another
-- call in between.
create or replace function book_call(p_call_id uuid, p_kind text, p_nano_usd bigint, p_usage jsonb, p_end jsonb) returns boolean
  language plpgsql as $$
declare
  v_is_done boolean := case p_kind
    when 'shrink' then shrink_call(p_call_id, p_nano_usd)
    when 'settle' then settle_call(p_call_id, p_nano_usd, p_usage, p_end)
    when 'presume' then presume_call(p_call_id, p_usage, p_end)
    when 'void' then void_call(p_call_id, p_end)
  end;
  v_model text;
begin
  if v_is_done and p_end ? 'stops' then
    select model into v_model from cost_tracking where id = p_call_id;
    perform lock_windows();
    perform stop_model(v_model, 0);
    insert into system_alerts as a (id, key, severity, component, operation, code, message, metadata)
      values (gen_random_uuid(), 'model.stopped:' || v_model, 'critical', 'budget', 'settle', 'MODEL_STOPPED',
        v_model || ' is stopped, because the cost of a call is not known: ' || (p_end ->> 'stops'),
        jsonb_build_object('id', p_call_id, 'model', v_model))
      on conflict (key) where resolved_at is null and key is not null do update set
        times = a.times + 1, last_seen_at = clock_timestamp(), message = excluded.message, metadata = excluded.metadata;
  end if;
  return v_is_done;
end $$;

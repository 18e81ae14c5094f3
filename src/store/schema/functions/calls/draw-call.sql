-- 'drawn' always means that the call holds its money. A statement whose answer was lost may have drawn the call while its
-- repetition waited for the envelope: it is drawn, even if there is no more room. A call that was ended is not.
create or replace function draw_call(p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text,
    p_model text, p_wire text, p_is_stream boolean, p_nano_usd bigint, p_input_tokens_max bigint, p_output_tokens_max bigint,
    p_price_version text)
  returns table (kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
  language plpgsql as $$
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

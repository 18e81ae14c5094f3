-- Ends a call: as settled with what it cost, as presumed with all that it holds, or as cancelled with nothing. One that is
-- presumed can still be settled or cancelled: that is evidence, also after its envelope has closed. False where it has
-- ended so before.
create or replace function end_call(
  p_call_id uuid, p_status text, p_nano_usd bigint, p_usage jsonb default '{}', p_end jsonb default '{}')
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
  select * into v_call from cost_tracking where id = p_call_id;
  if not found or v_call.type <> 'actual' or v_call.status not in ('sent', 'presumed') then
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
      duration_ms = (p_end ->> 'durationMs')::integer, priced_by = p_end ->> 'pricedBy',
      price_version = coalesce(p_end ->> 'priceVersion', price_version)
    where id = p_call_id;
  if v_call.reservation_id is not null then
    perform change_envelope(v_call.reservation_id,
      case when v_was_presumed then 0 else -v_hold end,
      case when p_status = 'settled' then v_actual else 0 end,
      case when p_status = 'presumed' then v_hold else 0 end - case when v_was_presumed then v_hold else 0 end,
      case when p_status = 'settled' then greatest(0, v_actual - v_hold) else 0 end, p_call_id);
  end if;
  perform count_calls(v_call.work_order_id, v_actual - case when v_was_presumed then v_hold else 0 end,
    case when v_was_presumed or p_status = 'cancelled' then 0 else 1 end,
    v_input + v_cache_read + v_cache_write + v_cache_write_1h, v_output);
  return true;
end $$;

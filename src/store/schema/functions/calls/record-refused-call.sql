-- A call that was refused before it was drawn: a record without money, for the run that it was made for.
create or replace function record_refused_call(
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

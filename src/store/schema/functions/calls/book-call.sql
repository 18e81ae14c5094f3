-- Ends a call, or reduces its reservation. False if nothing changed: it was ended before, or is unknown. A call whose cost
-- does not follow from its price stops its model with the booking itself: no gateway can send another call in between.
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

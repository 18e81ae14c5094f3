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

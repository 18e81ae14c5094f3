-- Each version of each setting is kept, and every machine is told.
create or replace function system_config_record() returns trigger language plpgsql as $$
declare
  v_key text := coalesce(new.key, old.key);
  v_by text := case when tg_op = 'DELETE' then coalesce(nullif(current_setting('moose.actor', true), ''), 'moose')
    else new.updated_by end;
begin
  if v_key not like 'budget.%' and v_key not like 'settings.%' then
    return null;
  end if;
  insert into system_config_history (key, version, value, changed_by)
    values (v_key, 1 + coalesce((select max(version) from system_config_history where key = v_key), 0), new.value, v_by);
  insert into live_events (topic, subject) values ('setting', v_key);
  -- Apart from all else that happens: every machine reads its settings again at each.
  perform pg_notify('moose_settings', v_key);
  return null;
end $$;

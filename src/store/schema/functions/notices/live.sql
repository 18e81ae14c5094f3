-- Tells everybody who watches that a row was inserted, updated or deleted (R-UI-1). Its arguments are the topic, the subject, the
-- work order, and then the names and values of the detail. All but the topic and the names are SQL/JSON paths in the row.
-- They may use `$act`, which is 'insert', 'update' or 'delete', and of a row that has ended `$lasted_ms` and `$ended_ms_ago`.
-- A value whose name ends with '?' is left out if it is null. Of several values with one name, the last one counts.
create or replace function live() returns trigger language plpgsql as $$
declare
  v_row jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  v_ended_at timestamptz := v_row ->> 'ended_at';
  v_vars jsonb := jsonb_build_object('act', lower(tg_op),
    'lasted_ms', round(extract(epoch from v_ended_at - (v_row ->> 'created_at')::timestamptz) * 1000),
    'ended_ms_ago', round(extract(epoch from clock_timestamp() - v_ended_at) * 1000));
  v_detail jsonb := '{}';
  v_value jsonb;
begin
  for n in 3 .. tg_nargs - 2 by 2 loop
    v_value := coalesce(jsonb_path_query_first(v_row, tg_argv[n + 1]::jsonpath, v_vars), 'null');
    if v_value <> 'null' or right(tg_argv[n], 1) <> '?' then
      v_detail := v_detail || jsonb_build_object(rtrim(tg_argv[n], '?'), v_value);
    end if;
  end loop;
  insert into live_events (topic, subject, work_order_id, detail)
    values (tg_argv[0], jsonb_path_query_first(v_row, tg_argv[1]::jsonpath) #>> '{}',
      (jsonb_path_query_first(v_row, tg_argv[2]::jsonpath) #>> '{}')::uuid, v_detail);
  return null;
end $$;

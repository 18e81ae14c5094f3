-- The page of each member of a group shows all of them. The argument is the SQL/JSON path of the group in the row.
create or replace function members_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', m.work_order_id, m.work_order_id, jsonb_build_object('kind', 'group') from group_members m
    where m.group_id = (jsonb_path_query_first(to_jsonb(new), tg_argv[0]::jsonpath) #>> '{}')::uuid;
  return null;
end $$;

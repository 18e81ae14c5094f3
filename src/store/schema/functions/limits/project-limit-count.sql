-- The limit of a project counts from when it is first set, also what was reserved while there was none in between.
create or replace function project_limit_count() returns trigger language plpgsql as $$
declare
  v_key text := 'project:' || new.id;
  v_ids uuid[];
begin
  perform hold_limits(true);
  select array_agg(id) into v_ids from (
    select e.id from cost_tracking e
    where e.type = 'reservation' and e.metadata ->> 'project_id' = new.id::text and not v_key = any (e.window_keys)
      and e.created_at >= (select w.created_at from budget_windows w where w.key = v_key)
    order by e.id for update of e) locked;
  perform join_windows(v_ids, '^project:');
  return null;
end $$;

-- The page of a sub-task shows its parent.
create or replace function work_orders_parent_moved() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', c.id, c.id, jsonb_build_object('kind', 'subtask') from work_orders c where c.parent_id = new.id;
  return null;
end $$;

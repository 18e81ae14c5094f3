-- A sub-task has no sub-tasks, whoever writes, and stays with its parent.
create or replace function work_orders_subtask() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    raise exception 'The parent of a work order never changes' using errcode = 'MS004';
  end if;
  if new.parent_id = new.id or exists (select from work_orders where id = new.parent_id and parent_id is not null) then
    raise exception 'A sub-task has no sub-tasks' using errcode = 'MS004';
  end if;
  return new;
end $$;

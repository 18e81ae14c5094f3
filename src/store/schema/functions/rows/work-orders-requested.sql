-- Whoever inserts it has asked for it, unless the row names somebody else.
create or replace function work_orders_requested() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.requested_by := coalesce(nullif(new.requested_by, ''), nullif(new.changed_by, ''), 'moose');
  else
    raise exception 'The requester of a work order never changes' using errcode = 'MS004';
  end if;
  return new;
end $$;

create or replace function work_orders_let_go() returns trigger language plpgsql as $$
begin
  -- Nothing of it can go on any more: there is nothing that a pause could keep.
  new.held_by := null;
  new.held_at := null;
  return new;
end $$;

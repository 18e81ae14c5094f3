create or replace function work_orders_wasted() returns trigger language plpgsql as $$
begin
  update cost_tracking set is_wasted = true
    where work_order_id = new.id and type = 'actual' and settled_at is not null and not is_wasted;
  return null;
end $$;

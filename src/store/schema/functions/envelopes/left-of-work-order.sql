-- What a work order may still set aside: its limit without what it has cost and what calls under way may cost. Null: it has
-- no limit.
create or replace function left_of_work_order(p_id uuid) returns bigint language sql stable as $$
  select w.limit_nano_usd - w.cost_nano_usd - coalesce((
      select sum(e.drawn_open_nano_usd) from cost_tracking e
      where e.work_order_id = w.id and e.type = 'reservation' and e.status = 'held'), 0)::bigint
    from work_orders w where w.id = p_id
$$;

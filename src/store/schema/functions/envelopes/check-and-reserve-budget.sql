-- Reserves money under the limits that are in force at this moment, or says how much of the narrowest one is used.
create or replace function check_and_reserve_budget(
  p_estimated_cost numeric, p_service_name text, p_metadata jsonb default '{}')
returns table (can_proceed boolean, current_total numeric, reservation_id uuid)
language plpgsql as $$
declare
  v_total bigint;
begin
  -- NaN and infinity are above every number; no single reservation is worth a billion.
  if p_estimated_cost is null or p_estimated_cost <= 0 or p_estimated_cost >= 1000000000 then
    raise exception 'A reservation must be above 0 dollars and below a billion, not %',
      coalesce(p_estimated_cost::text, 'nothing') using errcode = 'MS010';
  end if;
  perform hold_limits(false);
  select r.total_nano_usd, r.reservation_id into v_total, reservation_id
    from reserve_in_windows(ceil(p_estimated_cost * 1000000000)::bigint, p_service_name, p_metadata, now()) r;
  can_proceed := reservation_id is not null;
  current_total := v_total * 0.000000001;
  return next;
end $$;

create or replace function work_orders_guard_recovery() returns trigger language plpgsql as $$
begin
  if new.recovery_attempts < old.recovery_attempts or new.wasted_nano_usd < old.wasted_nano_usd then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  return new;
end $$;

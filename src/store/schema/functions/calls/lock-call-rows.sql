-- Locks rows in the order of all other writers. False if another transaction has locked one. Null: there is no such row.
create or replace function lock_call_rows(p_work_order_id uuid, p_envelope_id uuid, p_run_id uuid, p_call_id uuid)
  returns boolean language plpgsql as $$
begin
  if p_work_order_id is not null then
    perform from work_orders where id = p_work_order_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_envelope_id is not null then
    perform from cost_tracking where id = p_envelope_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_run_id is not null then
    perform from runs where id = p_run_id for key share skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_call_id is not null then
    perform from cost_tracking where id = p_call_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  return true;
end $$;

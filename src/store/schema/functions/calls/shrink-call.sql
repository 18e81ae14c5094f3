-- Less is needed than was thought; more than it has is never given. False where nothing changed.
create or replace function shrink_call(p_call_id uuid, p_nano_usd bigint) returns boolean language plpgsql as $$
declare
  v_call cost_tracking;
begin
  select * into v_call from cost_tracking where id = p_call_id;
  if not found or v_call.type <> 'actual' or v_call.status <> 'sent' or p_nano_usd is null or p_nano_usd < 0 then
    return false;
  end if;
  perform from work_orders where id = v_call.work_order_id for no key update;
  perform from cost_tracking where id = v_call.reservation_id for no key update;
  select * into v_call from cost_tracking where id = p_call_id for no key update;
  if v_call.status <> 'sent' or p_nano_usd >= v_call.reserved_nano_usd then
    return false;
  end if;
  update cost_tracking set reserved_nano_usd = p_nano_usd where id = p_call_id;
  perform change_envelope(v_call.reservation_id, p_nano_usd - v_call.reserved_nano_usd, 0, 0, 0, p_call_id);
  return true;
end $$;

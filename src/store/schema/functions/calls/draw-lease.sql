-- Draws a lease from the envelope of a key, but only where enough is left for others; it never makes an envelope grow. Returns
-- the keys that may use it, or nothing: then there is no lease. Moose's own keys may not: their run ends with their last call.
create or replace function draw_lease(p_lease_id uuid, p_key_id uuid, p_gateway_id uuid, p_provider text, p_model text, p_wire text,
  p_nano_usd bigint, p_left_least bigint, p_keys_max integer) returns table (key_id uuid, key_hash text, envelope_id uuid)
  language plpgsql as $$
declare
  v_key record;
  v_left bigint;
begin
  select k.*, coalesce(k.reservation_id, r.reservation_id) as envelope into v_key
    from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_id;
  -- A statement whose answer was lost may have drawn it.
  if not exists (select from cost_tracking c where c.id = p_lease_id and c.status = 'sent' and c.reservation_id = v_key.envelope) then
    select e.reserved_nano_usd - e.drawn_open_nano_usd - e.drawn_spent_nano_usd - e.drawn_presumed_nano_usd into v_left
      from cost_tracking e where e.id = v_key.envelope and e.type = 'reservation' and e.status = 'held';
    if v_left is null or v_left - p_nano_usd < p_left_least or v_key.service_name <> 'agent' or model_is_stopped(p_model)
        or v_key.revoked_at is not null or v_key.stopped_reason is not null or v_key.expires_at <= clock_timestamp()
        or take_from_envelope(v_key.envelope, p_nano_usd) <> 'drawn' then
      return;
    end if;
    insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd, model,
        gateway_id, provider, wire, is_lease)
      values (p_lease_id, 'actual', 'sent', v_key.service_name, v_key.work_order_id, v_key.run_id, v_key.envelope, p_nano_usd,
        p_model, p_gateway_id, p_provider, p_wire, true)
      on conflict (id) do nothing;
    if not found then
      perform change_envelope(v_key.envelope, -p_nano_usd, 0, 0, 0, p_lease_id);
      return;
    end if;
  end if;
  return query select k.id, encode(k.key_hash, 'hex'), v_key.envelope from gateway_keys k
    where k.service_name = 'agent' and k.stopped_reason is null and k.revoked_at is null and k.expires_at > clock_timestamp()
      -- Money that is set aside for a key alone is for no other one.
      and (k.id = p_key_id or v_key.reservation_id is null and k.reservation_id is null and k.run_id = v_key.run_id)
    order by k.id = p_key_id desc, k.id desc limit p_keys_max;
  -- All of them have ended since it was drawn.
  if not found then
    perform end_lease(p_lease_id);
  end if;
end $$;

-- Draws many calls in one transaction. A row that another transaction has locked is not waited for: its call is `busy`, and
-- is drawn alone. So no call waits for the rows of another one, and no two transactions wait for each other's rows. The
-- answers have the order of the calls.
create or replace function draw_calls(p_call_ids uuid[], p_key_ids uuid[], p_key_hashes bytea[], p_gateway_ids uuid[],
    p_providers text[], p_models text[], p_wires text[], p_are_streams boolean[], p_nano_usd bigint[],
    p_input_tokens_max bigint[], p_output_tokens_max bigint[], p_price_versions text[])
  returns table (kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
  language plpgsql as $$
declare
  v_key record;
begin
  for n in 1 .. cardinality(p_call_ids) loop
    select k.run_id, coalesce(k.reservation_id, r.reservation_id) as envelope_id into v_key
      from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_ids[n];
    if lock_call_rows(null, v_key.envelope_id, v_key.run_id, null) then
      return query select d.kind, d.left_nano_usd, d.open_nano_usd, d.reason
        from draw_call(p_call_ids[n], p_key_ids[n], p_key_hashes[n], p_gateway_ids[n], p_providers[n], p_models[n],
          p_wires[n], p_are_streams[n], p_nano_usd[n], p_input_tokens_max[n], p_output_tokens_max[n],
          p_price_versions[n]) d;
    else
      return query select 'busy', 0::bigint, 0::bigint, null::text;
    end if;
  end loop;
end $$;

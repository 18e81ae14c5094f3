-- Books calls and then draws others in one transaction, so that both share a commit and the draws find the money that the
-- bookings release. A draw waits for nobody's windows: while another transaction has locked them, the bookings are `busy`.
-- The answers have the order of the bookings, then that of the draws.
create or replace function book_and_draw_calls(p_booked_ids uuid[], p_kinds text[], p_booked_nano_usd bigint[], p_usages jsonb[],
    p_ends jsonb[], p_call_ids uuid[], p_key_ids uuid[], p_key_hashes bytea[], p_gateway_ids uuid[], p_providers text[],
    p_models text[], p_wires text[], p_are_streams boolean[], p_nano_usd bigint[], p_input_tokens_max bigint[],
    p_output_tokens_max bigint[], p_price_versions text[])
  returns table (kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
  language plpgsql as $$
begin
  if try_lock_windows() then
    return query select b.answer, 0::bigint, 0::bigint, null::text
      from book_calls(p_booked_ids, p_kinds, p_booked_nano_usd, p_usages, p_ends) b;
  else
    return query select 'busy', 0::bigint, 0::bigint, null::text from unnest(p_booked_ids);
  end if;
  return query select d.kind, d.left_nano_usd, d.open_nano_usd, d.reason
    from draw_calls(p_call_ids, p_key_ids, p_key_hashes, p_gateway_ids, p_providers, p_models, p_wires, p_are_streams,
      p_nano_usd, p_input_tokens_max, p_output_tokens_max, p_price_versions) d;
end $$;

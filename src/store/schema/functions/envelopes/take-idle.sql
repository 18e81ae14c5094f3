-- Takes idle money of other runs' envelopes in these windows, the largest amounts first. The caller holds the lock of the
-- windows. An envelope on which a call draws at this moment is left alone: waiting for it here could wait in a circle.
create or replace function take_idle(p_keys text[], p_nano_usd bigint, p_except uuid) returns void language plpgsql as $$
declare
  v_lender cost_tracking;
  v_idle bigint;
  v_missing bigint := p_nano_usd;
begin
  for v_lender in
    select * from cost_tracking e
      where e.status = 'held' and e.type = 'reservation' and e.run_id is not null and e.id <> p_except
        and e.window_keys && p_keys
        and e.reserved_nano_usd > e.drawn_open_nano_usd + e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd
      order by e.drawn_open_nano_usd + e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd - e.reserved_nano_usd, e.id
      for no key update skip locked
  loop
    v_idle := least(v_missing, v_lender.reserved_nano_usd - v_lender.drawn_open_nano_usd - v_lender.drawn_spent_nano_usd
      - v_lender.drawn_presumed_nano_usd);
    update cost_tracking e set
        reserved_nano_usd = e.reserved_nano_usd - v_idle,
        metadata = jsonb_build_object('ceiling_nano_usd', e.reserved_nano_usd::text, 'step_nano_usd', '1',
          'expected_nano_usd', e.reserved_nano_usd::text) || e.metadata
      where e.id = v_lender.id;
    perform move_in_windows(v_lender.window_keys, -v_idle, 0, 0, 0);
    v_missing := v_missing - v_idle;
    exit when v_missing <= 0;
  end loop;
end $$;

-- What a reservation still expects to need beyond what it holds, because others have taken its idle money. Money is held by
-- calls: what an envelope has reserved and no call has drawn is idle. It counts for admitting the next run, but a call of
-- another envelope that finds no room takes it. The envelope grows again when its own calls need it.
create or replace function lent_by_envelope(envelope cost_tracking) returns bigint language sql immutable as $$
  select case when envelope.status <> 'held' or not envelope.metadata ? 'expected_nano_usd' then 0
    else greatest(0, (envelope.metadata ->> 'expected_nano_usd')::bigint - envelope.reserved_nano_usd) end
$$;

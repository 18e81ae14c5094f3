-- What an envelope keeps set aside in its windows: all that is neither spent nor presumed, and whatever is on its way.
create or replace function held_by_envelope(envelope cost_tracking) returns bigint language sql immutable as $$
  select case when envelope.status <> 'held' then 0 else greatest(envelope.drawn_open_nano_usd,
    envelope.reserved_nano_usd - envelope.drawn_spent_nano_usd - envelope.drawn_presumed_nano_usd) end
$$;

-- Counters only ever grow. One exception: what was presumed of a call is taken back by the evidence of what it cost, by
-- exactly that much, for exactly this work order.
create or replace function work_orders_guard_costs() returns trigger language plpgsql as $$
begin
  if new.model_calls < old.model_calls or new.input_tokens < old.input_tokens or new.output_tokens < old.output_tokens
    or (new.cost_nano_usd < old.cost_nano_usd and current_setting('moose.cost_evidence', true)
      is distinct from old.id || ' ' || (old.cost_nano_usd - new.cost_nano_usd))
  then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  return new;
end $$;

-- Adds calls to the counters of their work order. A negative cost takes back what was presumed: see `work_orders_guard_costs`.
create or replace function count_calls(p_work_order_id uuid, p_nano_usd bigint, p_calls integer, p_input bigint, p_output bigint)
returns void language plpgsql as $$
begin
  if p_work_order_id is null or (p_nano_usd = 0 and p_calls = 0 and p_input = 0 and p_output = 0) then
    return;
  end if;
  if p_nano_usd < 0 then
    perform set_config('moose.cost_evidence', p_work_order_id || ' ' || -p_nano_usd, true);
  end if;
  update work_orders set cost_nano_usd = cost_nano_usd + p_nano_usd, model_calls = model_calls + p_calls,
      input_tokens = input_tokens + p_input, output_tokens = output_tokens + p_output
    where id = p_work_order_id;
  if p_nano_usd < 0 then
    perform set_config('moose.cost_evidence', '', true);
  end if;
end $$;

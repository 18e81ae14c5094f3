-- A call that cost more than its reservation shows that the bound of its model is wrong. Its model is stopped: a window with
-- the key `model:<provider>/<model>`, which holds no money and is frozen. All spending stops only if the call of another
-- model costs too much as well, or if nobody knows the model. `moose limits --thaw` lifts both.
create or replace function stop_model(p_model text, p_overrun bigint) returns void language sql as $$
  insert into budget_windows as w (key, limit_nano_usd, overrun_nano_usd, is_frozen) values ('model:' || p_model, 0, p_overrun, true)
    on conflict (key) do update set overrun_nano_usd = w.overrun_nano_usd + excluded.overrun_nano_usd, is_frozen = true
$$;

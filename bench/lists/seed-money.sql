-- An envelope for each run, and its calls; the counters of windows, envelopes and work orders say what the rows add up to.

create temp table calls as
  select o.n * 10 + c as n, o.id, o.run_id, o.model, o.at + interval '1 minute' + c * interval '30 seconds' as at,
    pg_temp.id_at(o.at, 'envelope', o.n) as envelope_id, (1000000 + 99000000 * pow(pg_temp.chance(o.n * 10 + c, 'cost'), 3))::bigint as nano_usd,
    case when o.status = 'in_progress' and c = 1 then 'sent' else 'settled' end as status, o.agent
  from given, orders o, generate_series(1, 9) c
  where o.status <> 'pending' and c <= 1 + floor((2 * given.calls::float8 / given.work_orders - 1) * pg_temp.chance(o.n, 'calls'));

insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd, actual_nano_usd,
    model, provider, input_tokens, output_tokens, created_at, settled_at, duration_ms, first_byte_ms, http_status, metadata)
  select pg_temp.id_at(at, 'call', n), 'actual', status, case n % 3 when 0 then 'proposer' else 'agent' end, id, run_id, envelope_id, nano_usd * 2,
    case status when 'settled' then nano_usd end, model, split_part(model, '/', 1), 9000, 1200, at,
    case status when 'settled' then at + interval '4 seconds' end, 4000, 300, 200, '{}' from calls;

insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, actual_nano_usd, window_keys,
    created_at, settled_at, drawn_open_nano_usd, drawn_spent_nano_usd)
  select envelope_id, 'reservation', case when o.status = 'in_progress' then 'held' else 'settled' end, 'pipeline', o.id, o.run_id,
    greatest(2500000000, open + spent), case when o.status <> 'in_progress' then spent end,
    array['day:' || to_char(o.at at time zone 'UTC', 'YYYY-MM-DD'), 'month:' || to_char(o.at at time zone 'UTC', 'YYYY-MM')],
    o.at, case when o.status <> 'in_progress' then o.at + interval '20 minutes' end, open, spent
  from orders o join (select run_id, envelope_id, coalesce(sum(nano_usd * 2) filter (where status = 'sent'), 0)::bigint as open,
      coalesce(sum(nano_usd) filter (where status = 'settled'), 0)::bigint as spent from calls group by 1, 2) drawn
    on drawn.run_id = o.run_id;

insert into budget_windows (key, limit_nano_usd, held_nano_usd, spent_nano_usd)
  select key, case when key like 'day:%' then 500000000000 else 10000000000000 end, sum(held_by_envelope(e))::bigint, sum(drawn_spent_nano_usd)::bigint
  from cost_tracking e, unnest(e.window_keys) as named (key) where e.type = 'reservation' group by key
  on conflict (key) do update set held_nano_usd = excluded.held_nano_usd, spent_nano_usd = excluded.spent_nano_usd;

update work_orders w set cost_nano_usd = spent from (select id, sum(nano_usd)::bigint as spent from calls where status = 'settled' group by id) c
  where c.id = w.id;

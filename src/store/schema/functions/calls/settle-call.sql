create or replace function settle_call(p_call_id uuid, p_nano_usd bigint, p_usage jsonb, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'settled', p_nano_usd, p_usage, p_end) $$;

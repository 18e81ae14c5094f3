create or replace function presume_call(p_call_id uuid, p_usage jsonb, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'presumed', null, p_usage, p_end) $$;

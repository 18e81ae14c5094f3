create or replace function void_call(p_call_id uuid, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'cancelled', null, '{}', p_end) $$;

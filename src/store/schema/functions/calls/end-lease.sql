-- Gives back what no call has taken. Only its gateway may, after the last of its calls is written.
create or replace function end_lease(p_lease_id uuid) returns void language plpgsql as $$
begin
  perform void_call(p_lease_id, '{}');
  delete from cost_tracking where id = p_lease_id and status = 'cancelled';
end $$;

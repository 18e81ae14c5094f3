-- Books many calls in one transaction. One whose rows another transaction has locked is `busy`, as in `draw_calls`.
create or replace function book_calls(p_call_ids uuid[], p_kinds text[], p_nano_usd bigint[], p_usages jsonb[], p_ends jsonb[])
  returns table (answer text) language plpgsql as $$
declare
  v_call record;
begin
  for n in 1 .. cardinality(p_call_ids) loop
    select c.id, c.work_order_id, c.reservation_id into v_call from cost_tracking c where c.id = p_call_ids[n];
    if lock_call_rows(v_call.work_order_id, v_call.reservation_id, null, v_call.id) then
      return query select case when book_call(p_call_ids[n], p_kinds[n], p_nano_usd[n], p_usages[n], p_ends[n])
        then 'done' else 'unchanged' end;
    else
      return query select 'busy';
    end if;
  end loop;
end $$;

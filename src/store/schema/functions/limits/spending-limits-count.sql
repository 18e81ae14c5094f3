-- A new limit counts what was reserved since the month began: the first time that the clock showed its beginning.
create or replace function spending_limits_count() returns trigger language plpgsql as $$
declare
  v_since timestamptz;
  v_ids uuid[];
begin
  perform hold_limits(true);
  select began_at(date_trunc('month', now() at time zone zone), zone) into v_since
    from (select coalesce((select value #>> '{}' from system_config where key = 'budget.time_zone'), 'UTC') as zone) z;
  select array_agg(id) into v_ids from (
    select e.id from cost_tracking e
    where e.type = 'reservation' and e.created_at >= v_since and case new.kind
      when 'project' then e.metadata ->> 'project_id' = new.subject
      else new.subject in ('*', name_of_actor(coalesce(
        (select requested_by from work_orders w where w.id = e.work_order_id), e.metadata ->> 'asked_by'))) end
    order by e.id for update of e) locked;
  perform join_windows(v_ids, '^(person|project)_(day|month):');
  return null;
end $$;

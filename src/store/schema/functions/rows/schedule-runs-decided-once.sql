-- What was decided about an instant stays so, whoever writes; only a waiting one is still decided about.
create or replace function schedule_runs_decided_once() returns trigger language plpgsql as $$
begin
  if old.outcome <> 'waiting' then
    raise exception 'The run of a schedule is decided about once' using errcode = 'MS004';
  end if;
  return new;
end $$;

-- A decision stays so, whoever writes.
create or replace function decided_once() returns trigger language plpgsql as $$
begin
  if old.decided_at is not null then
    raise exception 'A row of % is decided about once', tg_table_name using errcode = 'MS004';
  end if;
  return new;
end $$;

create or replace function model_prices_guard() returns trigger language plpgsql as $$
begin
  raise exception 'A price is never changed or removed: add a new version' using errcode = 'MS020';
end $$;

create or replace function push_subscriptions_of_token() returns trigger language plpgsql as $$
begin
  delete from push_subscriptions where token_id = new.id;
  return null;
end $$;

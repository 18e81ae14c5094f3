-- Whoever signs out, or loses the token, gets no more notifications, whichever process ends the session.
create or replace function push_subscriptions_of_session() returns trigger language plpgsql as $$
begin
  delete from push_subscriptions where session_id = new.id;
  return null;
end $$;

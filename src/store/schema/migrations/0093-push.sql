-- Web Push: the key with which Moose signs, and the browsers that people told to show notifications.

create table push_key (
  -- There is one key for all machines: a browser accepts messages of the key that it subscribed with.
  is_only boolean primary key default true check (is_only),
  -- What browsers get: an uncompressed P-256 point in base64url.
  public_key text not null,
  -- The private key, encrypted like the variables of projects.
  sealed bytea not null,
  key_id text not null,
  created_at timestamptz not null default clock_timestamp()
);

create table push_subscriptions (
  id uuid primary key,
  person text not null check (person <> ''),
  -- The token or login of the person, and the session in which they turned notifications on.
  token_id uuid not null references api_tokens (id),
  session_id uuid,
  -- An address of a push service; whoever has it and the key can send to this browser.
  endpoint text not null unique check (length(endpoint) <= 2000),
  p256dh bytea not null check (length(p256dh) = 65),
  auth bytea not null check (length(auth) = 16),
  browser text not null,
  created_at timestamptz not null default clock_timestamp(),
  -- When the browser last showed a page to this person.
  renewed_at timestamptz not null default clock_timestamp(),
  last_success_at timestamptz,
  -- Notices in a row that were given up.
  failures integer not null default 0 check (failures >= 0),
  last_failure text
);
create index push_subscriptions_person on push_subscriptions (person);
create index push_subscriptions_session on push_subscriptions (session_id);

-- Whoever signs out, or loses the token, gets no more notifications, whichever process ends the session.
create function push_subscriptions_of_session() returns trigger language plpgsql as $$
begin
  delete from push_subscriptions where session_id = new.id;
  return null;
end $$;
create trigger push_subscriptions_of_session after update of ended_at on web_sessions
  for each row when (old.ended_at is null and new.ended_at is not null)
  execute function push_subscriptions_of_session();

create function push_subscriptions_of_token() returns trigger language plpgsql as $$
begin
  delete from push_subscriptions where token_id = new.id;
  return null;
end $$;
create trigger push_subscriptions_of_token after update of revoked_at on api_tokens
  for each row when (old.revoked_at is null and new.revoked_at is not null)
  execute function push_subscriptions_of_token();

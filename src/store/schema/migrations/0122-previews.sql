-- Previews: a person looks at a service of a work order through Moose. The link works once; the cookie that it gives works
-- until the preview expires, the service ends, or the person signs out. Neither is stored, only its hash.
create table previews (
  id uuid primary key,
  -- The service.
  session_id uuid not null references sessions (id) on delete cascade,
  -- The first label of its host name: each preview has a host name of its own.
  label text not null unique,
  port integer not null check (port between 1 and 65535),
  -- The page to begin with.
  path text not null,
  actor text not null,
  -- How the person is signed in; null for the command line on this machine.
  token_id uuid references api_tokens (id) on delete cascade,
  web_session_id uuid references web_sessions (id) on delete cascade,
  link_hash bytea not null unique,
  -- Null until the link was opened.
  cookie_hash bytea,
  created_at timestamptz not null default clock_timestamp(),
  opened_at timestamptz,
  -- Of the link, and later of the preview.
  expires_at timestamptz not null,
  constraint previews_opened check ((cookie_hash is null) = (opened_at is null))
);
create index previews_session on previews (session_id);
create index previews_token on previews (token_id);
create index previews_web_session on previews (web_session_id);
create index previews_expiry on previews (expires_at);

-- Invites: links that give a person a token of their own, once and for a while.

create table invites (
  id uuid primary key,
  -- Of the secret in the link, which is stored nowhere.
  hash bytea not null unique,
  person text not null check (person <> ''),
  role text not null check (role in ('viewer', 'operator', 'admin')),
  created_by text not null,
  -- The token with which the inviter was signed in; null if the invite was made on the machine of the database.
  inviter_id uuid references api_tokens (id),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null check (expires_at > created_at),
  accepted_at timestamptz,
  -- What the person got.
  token_id uuid references api_tokens (id),
  revoked_at timestamptz,
  check ((accepted_at is null) = (token_id is null)),
  check (accepted_at is null or revoked_at is null)
);
create index invites_created on invites (created_at);

-- Once accepted or revoked, an invite stays so, whoever writes.
create function invites_end_once() returns trigger language plpgsql as $$
begin
  if old.accepted_at is not null or old.revoked_at is not null then
    raise exception 'An invite that is accepted or revoked never changes' using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger invites_end_once before update on invites for each row execute function invites_end_once();

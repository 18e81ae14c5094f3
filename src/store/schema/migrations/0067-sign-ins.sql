-- People who sign in elsewhere: at an OpenID Connect provider, or at a reverse proxy.

-- Such a person's row has no secret that anybody knows. It has a role, and is revoked, like a token.
alter table api_tokens add column issuer text;
alter table api_tokens add column subject text;
alter table api_tokens add constraint api_tokens_login_check
  check ((issuer is null) = (subject is null) and (issuer is null or person is not null));
-- Revoked rows count too: who was shut out stays shut out.
create unique index api_tokens_login on api_tokens (issuer, subject) where issuer is not null;

-- Sign-ins that a browser has begun at the provider. Each row is deleted when the browser comes back.
create table sign_ins (
  hash bytea primary key,
  -- A path of Moose's own pages.
  return_to text not null,
  expires_at timestamptz not null
);
create index sign_ins_expires on sign_ins (expires_at);

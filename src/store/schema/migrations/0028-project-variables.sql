-- Variables and secrets of projects (R-PROJ-5). Values are sealed: the key is in no table.
create table project_variables (
  project_id uuid not null references projects,
  name text not null check (name ~ '^[A-Za-z_][A-Za-z0-9_]{0,127}$'),
  is_secret boolean not null,
  -- Which sessions get it: setup, checks, agents.
  audiences text[] not null check (audiences <@ '{setup,checks,agents}'::text[] and cardinality(audiences) > 0),
  -- Which key the value is sealed with; says nothing about the key.
  key_id text not null check (key_id ~ '^[0-9a-f]{16}$'),
  -- Nonce, ciphertext and tag of AES-256-GCM.
  sealed bytea not null check (octet_length(sealed) between 29 and 40000),
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (project_id, name)
);

-- Every process that may print a value learns it, so that it can hide it.
create function project_variables_tell() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_settings', 'project_variables');
  return null;
end $$;
create trigger project_variables_tell after insert or update or delete on project_variables
  for each statement execute function project_variables_tell();

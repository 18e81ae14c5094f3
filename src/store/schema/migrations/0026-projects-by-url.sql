-- A project is a repository on this machine, or a remote of which each machine keeps a mirror (R-PROJ-1).
alter table projects
  alter column repository_path drop not null,
  -- In one form for all spellings; never with a password.
  add column remote_url text unique check (remote_url ~ '^(https?|ssh|file)://' and remote_url !~ '://[^/]*:[^/@]*@'),
  -- What git is called with: as it was given, without credentials.
  add column remote_address text check (remote_address !~ '://[^/]*:[^/@]*@'),
  add column default_branch text,
  add column removed_at timestamptz,
  add constraint projects_place check (num_nonnulls(repository_path, remote_url) = 1),
  add constraint projects_remote check ((remote_url is null) = (remote_address is null));

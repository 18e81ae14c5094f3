-- Whether the checks of a project pass on a tree: of a change, or of several changes together with the base branch.
create table checked_trees (
  project_id uuid not null references projects,
  tree_sha text not null,
  -- SHA-256 of everything else that the result depends on: the commands, and what prepares them.
  check_key text not null,
  passed boolean not null,
  -- The first check that failed; null if all passed.
  red jsonb,
  checked_at timestamptz not null default now(),
  primary key (project_id, tree_sha, check_key),
  check (passed = (red is null))
);

-- `files`: beside what `network` keeps it from, a session sees no files but its worktree, its home and the machine's programs.
alter table sessions
  drop constraint sessions_isolation_check,
  add constraint sessions_isolation_check check (isolation in ('files', 'network', 'none'));

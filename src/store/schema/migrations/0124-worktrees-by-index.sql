-- Each minute, each machine compares its worktrees and branches with their effects: by indexes, so that what it costs does not
-- grow with all that ever was.

-- The worktrees that should be on a machine.
create index effects_live_worktrees on effects ((detail ->> 'host'))
  where kind = 'worktree' and state in ('intended', 'done');
-- Those that ever were in a folder with a name, and the repositories that they were made from.
create index effects_worktree_names on effects ((regexp_replace(detail ->> 'worktreePath', '^.*/', '')))
  where kind = 'worktree';
create index effects_worktree_repositories on effects ((detail ->> 'host'), (detail ->> 'repositoryPath'))
  where kind = 'worktree';
-- Branches that were deleted when work was undone.
create index effects_undone_branches on effects (work_order_id)
  where state = 'undone' and kind in ('branch', 'push');
-- What was to be done and is not said to be, and what could not be undone.
create index effects_unsettled on effects (state) where state in ('intended', 'undo_failed');

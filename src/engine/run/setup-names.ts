// The names of sessions that run a project's setup outside `verifying`. Each step has its own prefix, because
// an ended session does not run again under the same name.

/** For sessions in `preparing`. */
export const setupFirst = 'prepare-';
/** For sessions in `applying`, if the worktree was recreated. */
export const setupAgain = 'again-';

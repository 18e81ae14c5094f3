// The names of sessions that run a project's setup outside of `verifying`: by their step, since a session that ended
// does not run again under the same name.

/** In `preparing`. */
export const setupFirst = 'prepare-';
/** In `applying`, in a worktree that was made again. */
export const setupAgain = 'again-';

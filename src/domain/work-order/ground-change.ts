// What has changed around a work order since Moose last looked: its base branch, its own branch, its pull request, its
// issue, and the checkout that it started from. Each change is one sentence. Pure.

export type GroundChange =
  /** The checkout lacks commits of the remote: `by` is null if they could not be counted. */
  | { is: 'base behind'; branch: string; by: number | null; remote: string }
  | { is: 'base diverged'; branch: string; ahead: number; behind: number; remote: string }
  /** The commit that the work contains is no longer in the base branch. */
  | { is: 'base rewritten'; branch: string; from: string; to: string }
  | { is: 'base renamed'; from: string; into: string }
  | { is: 'base deleted'; branch: string }
  | { is: 'base back'; branch: string }
  /** A person chose another base branch. */
  | { is: 'base replaced'; from: string; into: string }
  /** Others have pushed to the branch of the work order. */
  | { is: 'head moved'; branch: string; by: readonly string[]; sha: string; isRewritten: boolean }
  /** Somebody has only brought the branch to its base branch. */
  | { is: 'head brought to base'; branch: string; base: string; sha: string }
  | { is: 'closed'; number: number }
  | { is: 'opened again'; number: number }
  | { is: 'merged by hand'; number: number; into: string }
  | { is: 'issue closed'; number: number }
  | { is: 'issue unlabelled'; number: number; label: string };

export function groundWords(change: GroundChange): string {
  switch (change.is) {
    case 'base behind':
      return `It starts from a checkout whose ${change.branch} lacks ${commits(change.by)} of ${change.remote}: \`git pull\` there before the next work order.`;
    case 'base diverged':
      return `The checkout's ${change.branch} and ${change.remote} have diverged (${commits(change.ahead)} only here, ${commits(change.behind)} only there), so changes may conflict: bring them together with \`git pull ${change.remote} ${change.branch}\` in the checkout.`;
    case 'base rewritten':
      return `${change.branch} was rewritten: it no longer contains ${short(change.from)}, which this work contains. A merge would bring back what was taken out.`;
    case 'base renamed':
      return `The base branch ${change.from} is gone, and ${change.into} has its commits: the work continues on ${change.into}.`;
    case 'base deleted':
      return `The base branch ${change.branch} was deleted on the remote.`;
    case 'base back':
      return `The base branch ${change.branch} is there again, so the work order continues.`;
    case 'base replaced':
      return `The change goes into ${change.into} now, because ${change.from} was deleted on the remote.`;
    case 'head moved':
      return change.isRewritten
        ? `${namesOf(change.by)} rewrote the branch ${change.branch}: it is at ${short(change.sha)} now.`
        : `${namesOf(change.by)} pushed to the branch ${change.branch}: it is at ${short(change.sha)} now.`;
    case 'head brought to base':
      return `Somebody brought the branch ${change.branch} to ${change.base}: it is at ${short(change.sha)} now, without other changes.`;
    case 'closed':
      return `Pull request ${change.number} was closed without a merge. Open it again, and the work order continues.`;
    case 'opened again':
      return `Pull request ${change.number} was opened again, so the work order continues.`;
    case 'merged by hand':
      return `${change.into} contains the change of pull request ${change.number}: somebody merged it by hand.`;
    case 'issue closed':
      return `Issue ${change.number}, which asked for this work, was closed meanwhile.`;
    case 'issue unlabelled':
      return `Issue ${change.number}, which asked for this work, no longer has the label ${change.label}.`;
  }
}

const short = (sha: string): string => sha.slice(0, 7);

function commits(count: number | null): string {
  if (count === null) return 'commits';
  return count === 1 ? '1 commit' : `${count} commits`;
}

/** Names of authors are anybody's words. */
export function namesOf(authors: readonly string[]): string {
  const clean = authors
    .map((name) =>
      name
        .replace(/[\p{Cc}\p{Cf}`]/gu, ' ')
        .trim()
        .slice(0, 60),
    )
    .filter(Boolean);
  if (clean.length === 0) return 'Somebody';
  return clean.length === 1 ? (clean[0] ?? '') : `${clean.slice(0, -1).join(', ')} and ${clean.at(-1)}`;
}

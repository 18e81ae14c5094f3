// The points at which Moose is killed on the way from an issue to its merge: those that it reports, and before and
// after each write to GitHub. Each life is one work order, with its points in the order in which it reaches them.

/** `before`: GitHub does not carry out the write. `after`: it does, but its answer is lost. */
export interface Death {
  when: 'reached' | 'before' | 'after';
  /** The name of a kill point, or of a write in `writes`. */
  at: string;
}

const issue = 1;
const pull = 2;

/** The writes that Moose sends, as the double names them. Issue 1 has pull request 2. */
export const writes: Readonly<Record<string, RegExp>> = {
  push: /^git push$/,
  'make the branch': /^POST .*\/git\/refs$/,
  sign: /^POST .*\/graphql createCommitOnBranch$/,
  open: /^POST .*\/pulls$/,
  adopt: new RegExp(`^PATCH .*/pulls/${pull}$`),
  tell: new RegExp(`^POST .*/issues/${issue}/comments$`),
  'edit what was told': /^PATCH .*\/issues\/comments\/\d+$/,
  rerun: /^POST .*\/rerun-failed-jobs$/,
  comment: new RegExp(`^POST .*/issues/${pull}/comments$`),
  reply: /^POST .*\/replies$/,
  resolve: /^POST .*\/graphql resolveReviewThread$/,
  merge: /^PUT .*\/merge$/,
};

const reached = (at: string): Death => ({ when: 'reached', at });
const around = (at: string): Death[] => [
  { when: 'before', at },
  { when: 'after', at },
];
const push = [
  reached('push:intended'),
  ...around('push'),
  reached('push:acted'),
  reached('pull_request:intended'),
];
const published = [
  reached('pull_request:acted'),
  reached('tracking:before-commit'),
  reached('tracking:committed'),
];

/** First with a lost answer, then again with its answer. */
const untilRefined: Death[] = [
  ...[reached('issues:taken'), ...around('tell'), reached('issues:told')],
  ...[...push, ...around('open'), ...published],
  ...around('rerun').slice(1),
  ...[reached('sentinel:before-refine'), reached('sentinel:refine')],
  ...[...push, ...around('adopt'), ...published],
];
const untilMerged: Death[] = [
  ...[reached('remarks:command'), ...around('comment'), reached('remarks:command-told')],
  reached('remarks:sent'),
  ...[...around('reply'), reached('remarks:said'), ...around('resolve'), reached('remarks:told')],
  ...around('comment'),
  ...[reached('sentinel:before-merge'), ...around('merge')],
  ...around('edit what was told'),
];

export interface Life {
  deaths: readonly Death[];
  /** GitHub accepts only commits that it has signed on the branches of Moose. */
  isSigned?: boolean;
  /** What the base branch does to the approved pull request. */
  base: 'stays' | 'moves' | 'conflicts';
}

const life = (deaths: readonly Death[], base: Life['base'] = 'stays'): Life => ({ deaths, base });

/** Instead of a push: the branch, and a commit by GitHub. */
const signedUntilMerged: Death[] = [
  ...[reached('push:intended'), ...around('make the branch'), ...around('sign'), reached('push:acted')],
  ...[{ when: 'after', at: 'open' } as const, reached('sentinel:refine')],
  ...[...around('sign'), reached('push:acted'), reached('pull_request:intended')],
  { when: 'after', at: 'merge' },
];

/** The last ones exclude what the others pass: a rerun that is recorded and not asked for, a merge whose answer came. */
export const everyLife: readonly Life[] = [
  life(untilRefined),
  life(untilMerged),
  life([reached('sentinel:before-rerun'), reached('sentinel:merged')]),
  life([{ when: 'before', at: 'rerun' }]),
  life([reached('sentinel:before-update-branch'), reached('sentinel:update-branch')], 'moves'),
  life([reached('sentinel:before-rebase'), reached('sentinel:rebase')], 'conflicts'),
  { ...life(signedUntilMerged), isSigned: true },
];

/** One kill point of each kind: a record without its call, a call without its answer, a committed decision. */
export const shortLife: Life = life([
  reached('issues:taken'),
  { when: 'after', at: 'open' },
  reached('sentinel:refine'),
  { when: 'after', at: 'reply' },
  { when: 'after', at: 'merge' },
]);

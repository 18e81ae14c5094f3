import {
  type Answer,
  actorOf,
  bodyOf,
  type Call,
  created,
  listed,
  numberIn,
  ok,
  type Routes,
  repositoryOf,
} from '../call.ts';
import { describeSimplePull } from '../describe.ts';
import { describeLineComment, describeReview } from '../describe-remarks.ts';
import { gitAt } from '../git-side.ts';
import { custom, notFound, Refusal, refuseLongBody, validationFailed } from '../refusal.ts';
import type { LineComment, Pull, Repository, Review, User } from '../state.ts';
import type { World } from '../world.ts';
import { pullOf } from './pulls.ts';

// https://docs.github.com/rest/pulls/reviews and …/rest/pulls/comments. Neither reports threads: GraphQL does.

const repo = '/repos/{owner}/{repo}';

export const reviewRoutes: Routes = {
  [`GET ${repo}/pulls/{pull_number}/reviews`]: listReviews,
  [`POST ${repo}/pulls/{pull_number}/reviews`]: review,
  [`GET ${repo}/pulls/{pull_number}/comments`]: listComments,
  [`POST ${repo}/pulls/{pull_number}/comments`]: comment,
  [`POST ${repo}/pulls/{pull_number}/comments/{comment_id}/replies`]: reply,
  [`GET ${repo}/pulls/comments/{comment_id}`]: (call) =>
    ok(describeLineComment(call.world, repositoryOf(call), commentIn(call))),
  [`PATCH ${repo}/pulls/comments/{comment_id}`]: editComment,
};

function listReviews(call: Call): Answer {
  const [repository, { number }] = [repositoryOf(call), pullOf(call)];
  const found = repository.reviews.filter((each) => each.pull === number);
  return listed(call, found, (each) => describeReview(call.world, repository, each));
}

const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

interface Remark {
  path: string;
  line?: number;
  side?: 'LEFT' | 'RIGHT';
  body: string;
}

function review(call: Call): Answer {
  const { world } = call;
  const [repository, pull, author] = [repositoryOf(call), pullOf(call), actorOf(call)];
  const wish = bodyOf<{
    event?: keyof typeof states;
    body?: string;
    commit_id?: string;
    comments?: Remark[];
  }>(call);
  const { event, comments = [] } = wish;
  const isOwn = repository.issues.get(pull.number)?.author === author;
  if (isOwn && (event === 'APPROVE' || event === 'REQUEST_CHANGES')) {
    const act = event === 'APPROVE' ? 'approve' : 'request changes on';
    throw unprocessable(`Review Can not ${act} your own pull request`);
  }
  const made = addReview(world, repository, {
    pull: pull.number,
    author,
    body: wish.body ?? '',
    sha: wish.commit_id ?? pull.headSha,
    state: event ? states[event] : 'PENDING',
  });
  for (const each of comments)
    addComment(world, repository, pull, { ...each, author, review: made.id, inReplyTo: null });
  if (event) notifyOfReview(world, repository, pull, made, 'submitted', author);
  return ok(describeReview(world, repository, made));
}

const unprocessable = (message: string) =>
  new Refusal(422, 'Unprocessable Entity', { errors: [message as unknown as object] });

function addReview(world: World, repository: Repository, wish: Omit<Review, 'id' | 'submittedAt'>): Review {
  const made: Review = { ...wish, id: world.nextId(), submittedAt: world.now() };
  repository.reviews.push(made);
  return made;
}

function notifyOfReview(
  world: World,
  repository: Repository,
  pull: Pull,
  made: Review,
  action: string,
  by: User,
): void {
  world.tell(repository, 'pull_request_review', action, by, () => ({
    pull_request: describeSimplePull(world, repository, pull),
    review: { ...describeReview(world, repository, made), state: made.state.toLowerCase() },
  }));
}

/** `since` goes by the time of the last change. */
function listComments(call: Call): Answer {
  const [repository, { number }] = [repositoryOf(call), pullOf(call)];
  const since = Date.parse(call.query.get('since') ?? '1970-01-01T00:00:00Z');
  const found = repository.lineComments.filter(
    (each) => each.pull === number && each.updatedAt.getTime() >= since,
  );
  return listed(call, found, (each) => describeLineComment(call.world, repository, each));
}

/** Each comment of its own is a review too, which says nothing. */
function comment(call: Call): Answer {
  const { world } = call;
  const [repository, pull, author] = [repositoryOf(call), pullOf(call), actorOf(call)];
  const wish = bodyOf<Remark & { commit_id: string }>(call);
  const around = addReview(world, repository, {
    pull: pull.number,
    author,
    body: '',
    sha: wish.commit_id,
    state: 'COMMENTED',
  });
  const made = addComment(world, repository, pull, { ...wish, author, review: around.id, inReplyTo: null });
  return created(describeLineComment(world, repository, made));
}

/** The first comment of a thread takes answers; an answer does not. */
function reply(call: Call): Answer {
  const { world } = call;
  const [repository, pull, author, first] = [
    repositoryOf(call),
    pullOf(call),
    actorOf(call),
    commentIn(call),
  ];
  if (first.inReplyTo !== null) throw notFound();
  const { body } = bodyOf<{ body: string }>(call);
  const around = addReview(world, repository, {
    pull: pull.number,
    author,
    body: '',
    sha: pull.headSha,
    state: 'COMMENTED',
  });
  const { path, line, side } = first;
  const made = addComment(world, repository, pull, {
    path,
    line,
    side,
    body,
    author,
    review: around.id,
    inReplyTo: first.id,
  });
  return created(describeLineComment(world, repository, made));
}

function commentIn(call: Call): LineComment {
  const found = repositoryOf(call).lineComments.find(({ id }) => id === numberIn(call, 'comment_id'));
  if (!found) throw notFound();
  return found;
}

function editComment(call: Call): Answer {
  const { world } = call;
  const [repository, found] = [repositoryOf(call), commentIn(call)];
  const { body } = bodyOf<{ body: string }>(call);
  refuseLongBody('PullRequestReviewComment', body);
  const before = found.body;
  Object.assign(found, { body, updatedAt: world.now() });
  const pull = repository.pulls.get(found.pull);
  const more = { changes: { body: { from: before } } };
  if (pull) notifyOfLine(world, repository, pull, found, 'edited', actorOf(call), more);
  return ok(describeLineComment(world, repository, found));
}

function addComment(
  world: World,
  repository: Repository,
  pull: Pull,
  wish: Remark & Pick<LineComment, 'author' | 'review' | 'inReplyTo'>,
): LineComment {
  refuseLongBody('PullRequestReviewComment', wish.body);
  const changed = gitAt(repository.path, ['diff', '--name-only', `${pull.baseSha}...${pull.headSha}`]).split(
    '\n',
  );
  if (!changed.includes(wish.path)) {
    const message = 'pull_request_review_thread.path is invalid';
    throw validationFailed(custom('PullRequestReviewComment', message, 'pull_request_review_thread.path'));
  }
  const { path, line = 1, side = 'RIGHT', body, author, review: reviewId, inReplyTo } = wish;
  const at = world.now();
  const made: LineComment = {
    id: world.nextId(),
    pull: pull.number,
    review: reviewId,
    author,
    body,
    sha: pull.headSha,
    path,
    line,
    side,
    inReplyTo,
    resolvedBy: null,
    createdAt: at,
    updatedAt: at,
  };
  repository.lineComments.push(made);
  notifyOfLine(world, repository, pull, made, 'created', author);
  return made;
}

function notifyOfLine(
  world: World,
  repository: Repository,
  pull: Pull,
  said: LineComment,
  action: string,
  by: User,
  more: object = {},
): void {
  world.tell(repository, 'pull_request_review_comment', action, by, () => ({
    pull_request: describeSimplePull(world, repository, pull),
    comment: describeLineComment(world, repository, said),
    ...more,
  }));
}

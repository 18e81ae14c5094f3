import { associationOf, describeUser, iso, nodeId } from './describe.ts';
import { gitAt } from './git-side.ts';
import type { LineComment, Pull, Repository, Review } from './state.ts';
import type { World } from './world.ts';

// What GitHub shows of reviews and of comments on lines.

export function describeReview(world: World, repository: Repository, review: Review) {
  const { id, body, state, author, pull } = review;
  const [api, html] = [
    `${world.api}/repos/${repository.fullName}/pulls/${pull}`,
    `${world.url}/${repository.fullName}/pull/${pull}`,
  ];
  const page = `${html}#pullrequestreview-${id}`;
  return {
    id,
    body,
    state,
    node_id: nodeId('PRR', id),
    user: describeUser(world, author),
    commit_id: review.sha,
    html_url: page,
    pull_request_url: api,
    submitted_at: iso(review.submittedAt),
    author_association: associationOf(repository, author),
    _links: { html: { href: page }, pull_request: { href: api } },
  };
}

/** Its lines have changed since: GitHub then forgets the line, and keeps the original one. */
export function isOutdated(
  { path: place }: Repository,
  { headSha }: Pull,
  { sha, path }: LineComment,
): boolean {
  return sha !== headSha && gitAt(place, ['diff', '--name-only', sha, headSha, '--', path]) !== '';
}

export function describeLineComment(world: World, repository: Repository, comment: LineComment) {
  const { id, body, author, pull, path, line, side, sha } = comment;
  const api = `${world.api}/repos/${repository.fullName}`;
  const page = `${world.url}/${repository.fullName}/pull/${pull}#discussion_r${id}`;
  const [self, parent] = [`${api}/pulls/comments/${id}`, `${api}/pulls/${pull}`];
  const whole = repository.pulls.get(pull);
  const isOld = whole !== undefined && isOutdated(repository, whole, comment);
  return {
    id,
    body,
    path,
    side,
    line: isOld ? null : line,
    original_line: line,
    node_id: nodeId('PRRC', id),
    commit_id: isOld ? sha : (whole?.headSha ?? sha),
    original_commit_id: sha,
    subject_type: 'line',
    url: self,
    html_url: page,
    pull_request_url: parent,
    pull_request_review_id: comment.review,
    ...(comment.inReplyTo !== null && { in_reply_to_id: comment.inReplyTo }),
    user: describeUser(world, author),
    author_association: associationOf(repository, author),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    _links: { self: { href: self }, html: { href: page }, pull_request: { href: parent } },
  };
}

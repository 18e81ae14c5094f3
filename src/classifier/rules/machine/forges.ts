// GitHub and GitLab, by their APIs and by the programs gh and glab.
import { precedence, type Rule } from '../../match/rule.ts';
import { machinery, remote } from '../../verdicts.ts';

const base = precedence.orchestration;

export const forgeRules: readonly Rule[] = [
  {
    id: 'forge.rate',
    is: remote.passing,
    precedence: base + 32,
    line: /API rate limit (?:already )?exceeded|secondary rate limit|RATE_LIMITED|was submitted too quickly|^Retry later$/,
    purposes: ['forge', 'git', 'provider', 'host'],
    from: 'GitHub, GitLab',
    sample: 'RequestError [HttpError]: API rate limit exceeded for user ID 1234.',
  },
  {
    id: 'forge.settings',
    is: remote.settings,
    precedence: base + 31,
    line: /Bad credentials|Resource not accessible by|SAML enforcement|Must have (?:admin rights|push access)|gh auth login|GH_TOKEN|insufficient_scope|Could not resolve to a|Requires authentication|not logged into any|token (?:has expired|is expired|was revoked)|has not been granted|404 Project Not Found|Repository access blocked|required scopes|none of the git remotes|no git remotes found|Upgrade to GitHub|(?:HttpError\]?|gh): Not Found/,
    purposes: ['forge', 'provider', 'git', 'host'],
    from: 'GitHub, GitLab, gh, glab',
    sample: 'RequestError [HttpError]: Bad credentials - https://docs.github.com/rest',
  },
  {
    id: 'forge.moved',
    is: remote.passing,
    precedence: base + 30,
    line: /(?:Head|Base) branch was modified|Merge already in progress/,
    from: 'GitHub',
    sample: 'RequestError [HttpError]: Head branch was modified. Review and try the merge again.',
  },
  {
    id: 'forge.refused',
    is: remote.refused,
    precedence: base + 19,
    line: /Validation Failed|(?:pull request|merge request|[Rr]eference|branch).{0,80} already exists|No commits between|is not mergeable|Pull Request is still a draft|Required status check|merge commits are not allowed|Merge conflict|Reference does not exist|must first push the current branch|no pull requests found|not a fast forward|[Rr]eview is required|No ref found|Changes must be made|body is too long|Invalid request\./,
    purposes: ['forge', 'provider'],
    from: 'GitHub, GitLab, gh',
    sample:
      'RequestError [HttpError]: Validation Failed: {"resource":"PullRequest","code":"custom","message":"A pull request already exists for acme:moose/task-12."}',
  },
  {
    id: 'forge.network',
    is: machinery.passing,
    precedence: base + 14,
    line: /error connecting to|dial tcp|check your internet connection|\b(?<code>ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN)\b|socket hang up|fetch failed|other side closed/,
    purposes: ['forge', 'provider', 'database', 'host', 'git'],
    unless: 'i/o timeout',
    from: 'gh, glab, octokit',
    sample: 'error connecting to api.github.com',
  },
];

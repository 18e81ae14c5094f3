// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../domain/catalogue.ts';

export const forgeFailures = catalogue('forges', {
  FORGE_ANSWER_TOO_LARGE: {
    kind: 'permanent',
    message: 'An answer from {host} is larger than Moose accepts.',
    advice: 'Check that the address of {host} belongs to a forge: `moose forge check`.',
  },
  FORGE_APP_KEY_INVALID: {
    kind: 'configuration',
    message: 'The private key of the App for {host} is not an RSA key in PEM format.',
    advice:
      'Download the key again from the settings of the App, and give the path of the file with --app-key-file.',
  },
  FORGE_APP_NOT_INSTALLED: {
    kind: 'configuration',
    message: 'The App is not installed for {owner}/{name} on {host}.',
    advice: 'Install it for this repository, in the settings of the App on {host}.',
  },
  FORGE_BRANCH_MOVED: {
    kind: 'permanent',
    type: 'coordination',
    message: 'On {host}, {branch} is not at the commit that Moose left there.',
    advice: 'Someone else moved the branch: check it on the forge, then decide how to continue.',
  },
  FORGE_CANNOT_SIGN: {
    kind: 'configuration',
    message: '{host} signs only plain files for the token of a person, and this change {because}.',
    advice:
      'Give Moose a GitHub App (`moose forge add`), or exclude the branches moose/* from the rule that requires signed commits; then retry.',
  },
  FORGE_COMMIT_DIFFERS: {
    kind: 'permanent',
    type: 'coordination',
    message: 'The commit that {host} made has other files than {branch}.',
    advice:
      'Exclude the branches moose/* from the rule that requires signed commits: then Moose pushes with git.',
  },
  FORGE_COMMIT_TOO_LARGE: {
    kind: 'permanent',
    type: 'coordination',
    message: 'The change is larger than {host} accepts over its API: see {path}.',
    advice:
      'Exclude the branches moose/* from the rule that requires signed commits: then Moose pushes with git.',
  },
  FORGE_COMMIT_UNSIGNED: {
    kind: 'configuration',
    message: '{host} did not sign the commit that Moose made for {branch}.',
    advice:
      'Check that Moose uses a GitHub App there, or exclude the branches moose/* from the rule that requires signatures.',
  },
  FORGE_COMMIT_WITHOUT_PARENT: {
    kind: 'permanent',
    type: 'coordination',
    message: '{host} does not have the commit {sha}, on which the change is based.',
    advice: 'Push the base branch to the forge, then retry.',
  },
  FORGE_CREDENTIALS_MISSING: {
    kind: 'configuration',
    severity: 'high',
    message: 'Moose has no credential for {host} on this machine: {problem}.',
    advice:
      'Set it where Moose runs, readable only by its owner, or register another one: `moose forge add {host} --help`.',
  },
  FORGE_CREDENTIALS_REFUSED: {
    kind: 'configuration',
    severity: 'high',
    message: '{host} rejected the credential of Moose ({told}).',
    advice: 'Renew the token, or the key of the App, then run `moose forge check {host}`.',
  },
  FORGE_CREDENTIAL_UNSUITABLE: {
    kind: 'configuration',
    message: '{host} runs GitLab, which needs a token: Apps and gh work only with GitHub.',
    advice: 'Register it again: `moose forge add {host} --kind gitlab --token-env NAME`.',
  },
  FORGE_FORBIDDEN: {
    kind: 'configuration',
    message: '{host} does not allow Moose to do this ({told}).',
    advice: '`moose forge check {host}` says which permissions are missing; grant them, then retry.',
  },
  FORGE_GARBLED: {
    kind: 'transient',
    message: '{host} returned a response that is not from a forge: {problem}.',
    advice: 'Check that the registered address belongs to a forge, and that no proxy answers in its place.',
  },
  FORGE_KIND_UNSUPPORTED: {
    kind: 'configuration',
    message: '{host} is registered as {kind}, which this version of Moose cannot use.',
    advice: 'Update Moose on this machine, or register the host with another kind.',
  },
  FORGE_NOT_FOUND: {
    kind: 'configuration',
    message: '{host} has no {path}, or hides it from the account of Moose ({told}).',
    advice:
      "Check the address of the project's remote, and run `moose forge check {host}`: it says which permissions are missing.",
  },
  FORGE_PAUSED: {
    kind: 'external',
    message: 'Calls to {host} are paused for {time}: {because}.',
    advice: 'Wait; `moose forge ls` says until when. If this continues, give Moose an account of its own.',
  },
  FORGE_REDIRECTED: {
    kind: 'configuration',
    message: '{host} redirects {path} ({told}), and Moose does not send a credential elsewhere.',
    advice: 'Register the address that answers without a redirect: `moose forge add HOST --api URL`.',
  },
  FORGE_REFUSED: {
    kind: 'permanent',
    message: '{host} refused the request (HTTP {status}): {said}.',
    advice: 'Fix what the message names, then retry.',
  },
  FORGE_TIMEOUT: {
    kind: 'transient',
    failureClass: 'timeout',
    message: '{host} did not answer within {limit}.',
    advice: 'Check the status page of {host}; Moose tries again automatically.',
  },
  FORGE_UNAVAILABLE: {
    kind: 'transient',
    message: '{host} fails or is overloaded ({told}).',
    advice: 'Check the status page of {host}; Moose tries again automatically.',
  },
  FORGE_UNREACHABLE: {
    kind: 'transient',
    message: 'The connection to {host} failed or was lost ({reason}).',
    advice: 'Check the network and the status page of {host}; Moose tries again automatically.',
  },
  FORGE_UNTRUSTED: {
    kind: 'configuration',
    message: 'The certificate of {host} is not valid ({reason}).',
    advice:
      'Check the address; if your own authority signed the certificate, set NODE_EXTRA_CA_CERTS to its path where Moose runs.',
  },
  MERGE_CONFLICT: {
    kind: 'permanent',
    type: 'coordination',
    message: 'Pull request {number} conflicts with {baseBranch}.',
    advice: 'Rebase its branch on {baseBranch}, push it, then merge again.',
  },
  PULL_REQUEST_EMPTY: {
    kind: 'permanent',
    type: 'coordination',
    message: 'On {host}, {headBranch} has no commit that is not in {baseBranch}.',
    advice: 'The change may be in the base branch already: compare the two branches.',
  },
  PULL_REQUEST_HEAD_MOVED: {
    kind: 'permanent',
    type: 'coordination',
    message: 'Pull request {number} has a newer commit than the one to merge.',
    advice: 'Look at its newest commit, then merge again.',
  },
  PULL_REQUEST_NOT_AS_WRITTEN: {
    kind: 'transient',
    type: 'coordination',
    message: '{host} says that {headBranch} has a pull request, but does not list it yet.',
    advice: 'Retry it: `moose retry ID --from creating_pr`.',
  },
  PULL_REQUEST_NOT_FOUND: {
    kind: 'permanent',
    type: 'coordination',
    message: 'There is no pull request {number}.',
    advice: 'Run `moose ls` to see which work orders have one.',
  },
  PULL_REQUEST_NOT_MERGEABLE: {
    kind: 'permanent',
    type: 'coordination',
    message: '{host} refused to merge pull request {number}: {reason}.',
    advice: 'Resolve what the forge names (a conflict, a check, a review), then merge again.',
  },
  PULL_REQUEST_NOT_OPEN: {
    kind: 'permanent',
    type: 'coordination',
    message: 'Pull request {number} is {state}: it cannot be {done}.',
    advice: 'Revert the merge with a new commit: `git revert -m 1`.',
  },
  PULL_REQUEST_NOT_OPEN_CLOSED: {
    kind: 'permanent',
    code: 'PULL_REQUEST_NOT_OPEN',
    type: 'coordination',
    message: 'Pull request {number} is {state}: it cannot be {done}.',
    advice: 'Open it again with `moose retry ID --from creating_pr`.',
  },
  PULL_REQUEST_UNDECIDED: {
    kind: 'transient',
    type: 'coordination',
    message: '{host} has not computed yet whether pull request {number} can be merged.',
    advice: 'Wait a minute, then merge it again.',
  },
  FORGE_LOG_UNREADABLE: {
    kind: 'transient',
    message: 'A log of {host} is on another host, which does not serve it: {reason}.',
    advice: 'Let the machine that runs Moose reach that host; the forge shows the log.',
  },
  FORGE_LOG_UNREADABLE_IN_TIME: {
    kind: 'permanent',
    code: 'FORGE_LOG_UNREADABLE',
    message: 'A log of {host} is on another host, which does not serve it: {reason}.',
    advice: 'Let the machine that runs Moose reach that host; the forge shows the log.',
  },
  FORGE_REFUSED_GRAPHQL: {
    kind: 'permanent',
    code: 'FORGE_REFUSED',
    message: '{host} refused the request: {told}.',
    advice: 'Fix what the message names, then retry.',
  },
});

export const forgeFindings = findings('forges', {
  FORGE_ACCOUNT_OF_PERSON: {
    message:
      'Moose acts as {login} on {host}: this person becomes the author of its pull requests, so cannot approve them, and shares one rate limit with Moose.',
    advice: 'Use a GitHub App, or the token of an account that only Moose uses.',
  },
  FORGE_NO_ADMINISTRATION: {
    message:
      '{login} may not read the permissions of others in {repository}: in an organization, nobody can give commands.',
    advice:
      'Make {login} an administrator of the repository if members of the organization should be able to give commands.',
  },
  FORGE_NO_PULL_REQUESTS: {
    message: 'Pull requests are turned off in {repository}.',
    advice: 'Turn them on in its settings.',
  },
  FORGE_NO_WRITE: {
    message: '{login} may not write to {repository}.',
    advice: 'Make {login} a collaborator with the right to write.',
  },
  FORGE_REPOSITORY_ARCHIVED: {
    message: '{repository} is archived: nobody can push to it.',
    advice: 'Unarchive it in its settings.',
  },
  FORGE_REPOSITORY_ARCHIVED_REMOVABLE: {
    code: 'FORGE_REPOSITORY_ARCHIVED',
    message: '{repository} is archived: nobody can push to it.',
    advice: 'Unarchive it, or remove the project from Moose.',
  },
  FORGE_RIGHT_MISSING: {
    message: 'Moose lacks the right {name}:{level} on {host}, which it needs {purpose}.',
    advice: 'Grant it to the App or the token, and accept the new permissions in the installation.',
  },
  FORGE_RIGHT_MISSING_FOR_API: {
    code: 'FORGE_RIGHT_MISSING',
    message: 'The token for {host} lacks the scope api, which Moose needs to open and merge merge requests.',
    advice: 'Make a token with the scopes api and write_repository.',
  },
  FORGE_RIGHT_MISSING_TO_PUSH: {
    code: 'FORGE_RIGHT_MISSING',
    message: 'Moose has less than the role Developer in {path} on {host}, so it cannot push branches.',
    advice: 'Give the account of the token the role Developer.',
  },
  FORGE_STARTS_NO_CHECKS: {
    message:
      'The token for {host} is the GITHUB_TOKEN of a workflow: what it pushes or opens starts no workflow, so checks never begin.',
    advice: "Use a GitHub App or a person's token.",
  },
  FORGE_TOKEN_EXPIRES: {
    message: 'The token for {host} expires on {day}.',
    advice: 'Create a new token, and replace this one with it.',
  },
});

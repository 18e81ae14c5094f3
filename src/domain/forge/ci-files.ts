// The one list of files that define continuous integration: a forge or a CI server runs what they say on machines of its
// own, with rights and secrets that the author of a change does not have.

/** By system, with paths in lower case, because some systems ignore case. A folder stands for all files in it. */
const definitions: Readonly<Record<string, readonly RegExp[]>> = {
  'GitHub Actions': [/^\.github\/(workflows|actions)(\/|$)/],
  'Gitea, Forgejo': [/^\.(gitea|forgejo)\/(workflows|actions)(\/|$)/],
  // Any file can be included; by convention they end so, or stand there.
  GitLab: [
    /(^|\/|\.)\.?gitlab-ci(\.[\w-]+)*\.ya?ml$/,
    /^\.gitlab\/(ci|workflows)(\/|$)/,
    /^\.gitlab-ci(\/|$)/,
  ],
  CircleCI: [/^\.circleci(\/|$)/, /^circle\.ya?ml$/],
  Buildkite: [/^\.buildkite(\/|$)/],
  Jenkins: [/(^|\/)jenkinsfile(\.[\w.-]+|-[\w-]+)?$/, /\.jenkinsfile$/],
  'Azure Pipelines': [
    /(^|\/)\.?azure-pipelines?([.-][\w.-]+)?\.ya?ml$/,
    /^\.?azure-pipelines?(\/|$)/,
    /^\.azuredevops(\/|$)/,
  ],
  Bitbucket: [/^bitbucket-pipelines\.ya?ml$/],
  Drone: [/^\.drone\.(ya?ml|jsonnet|star)$/],
  Woodpecker: [/^\.woodpecker\.ya?ml$/, /^\.woodpecker(\/|$)/],
  'Travis CI': [/^\.travis\.ya?ml$/],
  AppVeyor: [/^\.?appveyor\.ya?ml$/],
  'Cirrus CI': [/^\.cirrus\.(ya?ml|star)$/],
  Semaphore: [/^\.semaphore(\/|$)/],
  TeamCity: [/^\.teamcity(\/|$)/],
  Tekton: [/^\.tekton(\/|$)/],
  'AWS CodeBuild': [/(^|\/)(buildspec|appspec)([.-][\w.-]+)?\.ya?ml$/],
  'Google Cloud Build': [/(^|\/)cloudbuild([.-][\w.-]+)?\.(ya?ml|json)$/],
  Codefresh: [/^codefresh\.ya?ml$/, /^\.codefresh(\/|$)/],
  Concourse: [/^\.concourse(\/|$)/],
  Harness: [/^\.harness(\/|$)/],
  sourcehut: [/^\.build\.ya?ml$/, /^\.builds(\/|$)/],
  Zuul: [/^\.?zuul\.ya?ml$/, /^\.?zuul\.d(\/|$)/],
  Bitrise: [/^bitrise\.ya?ml$/],
  Codemagic: [/^codemagic\.ya?ml$/],
  Screwdriver: [/^screwdriver\.ya?ml$/],
  Wercker: [/^wercker\.ya?ml$/],
  'JetBrains Space': [/^\.space\.kts$/],
};

const patterns = Object.values(definitions).flat();

/** @param path in the repository, with forward slashes */
export function isCiFile(path: string): boolean {
  const lower = path.toLowerCase();
  return patterns.some((pattern) => pattern.test(lower));
}

/** Files that run by themselves, on machines of people, with permissions that the agent does not have. */
const ownPatterns: readonly RegExp[] = [
  /(^|\/)\.(husky|githooks|git-hooks)(\/|$)/,
  /(^|\/)\.?lefthook(-local)?\.(ya?ml|toml|json)$/,
  /^\.pre-commit-config\.yaml$/,
  // The server that everybody's git-lfs asks for files.
  /^\.lfsconfig$/,
  // Moose's own settings: they decide what Moose runs, and with which limits.
  /^\.moose(\/|$)/,
  // Many web applications have a folder `hooks/`; only one with a git hook's name in it is suspicious.
  /(^|\/)hooks\/(pre|post|commit|prepare|applypatch|update|push|fsmonitor|sendemail|reference|proc)(-[a-z-]+)?$/,
];

/** Whether CI, git, a tool of people or Moose acts by it without being told. */
export function isAutomatic(path: string): boolean {
  const lower = path.toLowerCase();
  return isCiFile(path) || ownPatterns.some((pattern) => pattern.test(lower));
}

// What the success of a check says, by its name: bots and deployments test nothing. Pure.

const bots =
  /\b(?:labell?(?:er|ing|s)?|label|triage|(?:easy ?)?cla|dco|sign ?off|(?:auto )?assign(?:ee|er|ment)?s?|welcome|greet(?:er|ings?)?|stale|milestones?|backport|wip|mergify|mergeable|renovate|dependabot|codecov|coveralls|netlify|vercel|previews?|code ?rabbit(?: ?ai)?|reviewers?|changelog|thanks|slack|notify|notifications?|(?:pr|pull request) (?:title|size|description|body|metadata)|size|semantic (?:pr|pull request)s?|title|conventional commits?|commit ?lint|commit messages?|auto ?merge|add to project|issues?)\b/;
const deliveries =
  /\b(?:deploy(?:s|ed|ment|ments)?|releases?|publish(?:ed|es)?|pages|uploads?|nightly|scheduled)\b/;
const tests =
  /\b(?:tests?|testing|unit|integration|e2e|end to end|specs?|builds?|compile|lint(?:er|ing|s)?|type ?check(?:s|ing)?|types|checks?|ci|verify|verification|validate|qa|smoke|pytest|jest|vitest|mocha|cypress|playwright|cargo|clippy|go vet|gradle|maven|mvn|tox|eslint|biome|ruff|mypy|rubocop|phpunit|rspec|fmt|format|analy[sz]e|code ?ql|sonar)\b/;

/** `unitTest`, `unit-test` and `unit_test` become `unit test`. */
function wordsOf(name: string): string {
  const apart = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2');
  return apart
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** True for the check of a bot. */
export function isOfBot(name: string): boolean {
  return bots.test(wordsOf(name));
}

/** True if its success does not say that the change works. */
export function testsNothing(name: string): boolean {
  const words = wordsOf(name);
  return bots.test(words) || (deliveries.test(words) && !/\btests?\b/.test(words));
}

export function looksLikeTest(name: string): boolean {
  return tests.test(wordsOf(name)) && !testsNothing(name);
}

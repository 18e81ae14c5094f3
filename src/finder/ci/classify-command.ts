// The purpose of a command in a CI workflow. Only known tools count, and nothing that publishes, deploys or needs a
// secret.
import type { CheckKind } from '../../domain/work-order/check.ts';

/** Whatever else the line does, such a command affects outside systems, or changes the project. */
const never =
  /\b(publish|deploy\w*|release|push|upload|login|docker|podman|kubectl|helm|terraform|pulumi|aws|gcloud|az|gsutil|gh|ssh|scp|rsync|twine|semantic-release|goreleaser|changeset|codecov|coveralls|codeql|sentry-cli|vercel|netlify|flyctl|heroku|firebase|wrangler|sudo|apt|apt-get|brew|choco|curl|wget|secrets?|token|rm|git)\b|--(fix|write|watch|update-snapshots?|global)\b|\s-g\b/i;

/** Shell syntax that makes a single line meaningless on its own, or that hides its exit code. */
const tooClever = /[`|;<>&]|\$[A-Za-z_{(]|\$\{\{|\\$/;

const script = (names: string) =>
  new RegExp(`^(npm|pnpm|yarn|bun)( --?[\\w=:@./-]+)* (run |run-script )?(${names})(?![\\w-])`);
const tool = (names: string) => new RegExp(`^(${names})(?![\\w-])`);

const forms: readonly (readonly [CheckKind, readonly RegExp[]])[] = [
  [
    'setup',
    [
      /^npm (ci|install|i)( --?[\w=:-]+)*$/,
      /^(pnpm|bun) (install|i)( --?[\w=:-]+)*$/,
      /^yarn( install)?( --?[\w=:-]+)*$/,
      /^(uv sync|poetry install|pdm (install|sync)|bundle install|composer install|deno install)(?![\w-])/,
      /^(python3? -m )?pip3? install (?!.*--upgrade pip$)(?!(-U )?pip$)(?!.*\b(build|wheel|tox|nox)$).*(-r |-e |\.(\[|$|\s)|pytest)/,
      /^uv pip install .*(-r |-e |\.(\[|$|\s))/,
      /^(go mod download|cargo fetch|dotnet restore|mix deps\.get)(?![\w-])/,
    ],
  ],
  [
    'typecheck',
    [
      script('typecheck|type-check|check-types|check:types|types|tsc'),
      tool(
        'tsc|vue-tsc|svelte-check|mypy|pyright|basedpyright|cargo check|deno check|vendor/bin/(phpstan|psalm)|srb tc',
      ),
    ],
  ],
  [
    'lint',
    [
      script('lint|eslint|format:check|fmt:check|check:format|check-format|prettier:check|lint:[\\w:-]+'),
      tool('eslint|biome (check|ci|lint)|oxlint|prettier (--check|-c)|stylelint'),
      tool('ruff (check|format --check)|flake8|pylint|black --check|isort --check(-only)?'),
      tool('golangci-lint|go vet|staticcheck|cargo clippy|cargo fmt (--all )?(-- )?--check'),
      tool('rubocop|standardrb|vendor/bin/(phpcs|pint --test)|php-cs-fixer .*--dry-run'),
      tool('shellcheck|yamllint|hadolint|pre-commit run|deno lint|deno fmt --check'),
      tool('dotnet format --verify-no-changes|mix format --check-formatted|swiftlint'),
      /^(make|just|task) (lint|fmt-check|format-check)$/,
      /^(sh )?\.?\/?(gradlew?) .*\b(lint|detekt|ktlintCheck|spotlessCheck|checkstyleMain)\b/,
    ],
  ],
  ['contract', [script('test:contract|contract:test|test:pact')]],
  [
    'test',
    [
      script('test|test:ci|test:unit|test:run|t'),
      tool('vitest run|jest|mocha|ava|node --test|bun test|deno test'),
      tool('pytest|py\\.test|python3? -m (pytest|unittest)|tox|nox|hatch (run )?test'),
      tool('go test|gotestsum|cargo test|cargo nextest run|dotnet test|mix test|swift test|sbt test'),
      tool(
        'rspec|rake (test|spec)|rails test|vendor/bin/(phpunit|pest)|composer (run(-script)? )?test|phpunit',
      ),
      /^((sh )?\.?\/?mvnw|mvn) .*\b(test|verify)\b/,
      /^((sh )?\.?\/?gradlew|gradle) .*\b(test|check)\b/,
      /^(make|just|task) (test|tests|check|unit-test|test-unit)$/,
      tool('bazel test|ctest'),
    ],
  ],
  [
    'build',
    [
      script('build'),
      tool('go build|cargo build|dotnet build|swift build|bazel build|mix compile|cmake --build'),
      /^((sh )?\.?\/?mvnw|mvn) .*\b(compile|test-compile|package)\b/,
      /^((sh )?\.?\/?gradlew|gradle) .*\b(assemble|build|classes)\b/,
      /^(make|just|task)( (all|build))?$/,
    ],
  ],
];

/** What may precede the tool itself: variables, and programs that run another program. */
const prefixes =
  /^(?:[A-Z_][A-Z0-9_]*=[\w./:,-]* +|time +|npx +(?:--no-install +|--yes +|-y +)?|pnpm exec +|yarn run +(?=tsc|eslint|jest|vitest)|bunx +|uv run +(?:--[\w=-]+ +)*|poetry run +|pdm run +|bundle exec +|(?:\.\/)?node_modules\/\.bin\/|\.\/(?=vendor\/))+/;

const commandCharsMax = 500;

/** The command's kind of check; null if it is not a command that Moose may propose. */
export function kindOfCommand(command: string): CheckKind | null {
  // Other characters may look like something that they are not.
  if (/[^\x20-\x7e]/.test(command)) return null;
  if (command.length > commandCharsMax || tooClever.test(command) || never.test(command)) return null;
  const bare = command.replace(prefixes, '');
  return forms.find(([, patterns]) => patterns.some((pattern) => pattern.test(bare)))?.[0] ?? null;
}

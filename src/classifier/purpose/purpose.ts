// Tells what a command is for by the names of the tools in it. With the purpose, even the output of an unknown tool has
// a failure class.
import type { CheckKind } from '../../domain/work-order/check.ts';
import type { FailureCase, Purpose } from '../failure-case.ts';
import { decidingCommand } from '../output/deciding-part.ts';
import { purposeOfFirstWord } from './tool-names.ts';

/** The first match decides, so a linter's flag comes before a compiler's name. */
const purposes: readonly (readonly [Purpose, RegExp])[] = [
  [
    'lint',
    /\b(?:[\w-]{1,40}-(?:lint|linter|formatter)|cargo (?:fmt|clippy)|rustfmt|go vet|(?:gofmt|goimports|gofumpt) (?:-\w+ )*-[ld]|golangci-lint|staticcheck|revive|zig fmt|dotnet format|mix (?:format|credo)|dart (?:format|analyze)|flutter analyze|terraform fmt|deno (?:fmt|lint)|buf (?:lint|format)|npm run lint\S*|(?:pnpm|yarn|bun)(?: run)? lint\S*|ruff|eslint|oxlint|biome|prettier|stylelint|standard|ts-standard|xo|tslint|jshint|jslint|csslint|htmlhint|markdownlint\S*|textlint|commitlint|cspell|codespell|knip|depcheck|madge|depcruise|dprint|rome|flake8|black|isort|pylint|bandit|pycodestyle|pydocstyle|pyflakes|yapf|autopep8|vulture|yamllint|ansible-lint|sqlfluff|djlint|checkstyle\S*|spotbugs\S*|pmd|spotless\S*|ktlint|detekt|scalafmt\S*|scalafix|scalastyle|google-java-format|clang-format|clang-tidy|cppcheck|cpplint|rubocop|standardrb|reek|erb_lint|haml-lint|phpcs|php-cs-fixer|phpmd|pint|hlint|ormolu|luacheck|stylua|selene|perlcritic|perltidy|shellcheck|shfmt|checkbashisms|hadolint|actionlint|tflint|checkov|spectral|protolint|lintian|proselint|vale|typos|swiftlint|swiftformat|credo|dialyzer|solhint|license-checker|publint|attw|syncpack|sort-package-json|tidy|helm lint)\b/,
  ],
  [
    'contract',
    /\b(?:api-extractor|graphql-inspector|openapi-diff|oasdiff|optic|redocly|swagger-cli|swagger-parser|ajv|check-jsonschema|jsonschema|pajv|djv|buf breaking|pact\S*|dredd|schemathesis|abidiff|abicompat|kmidiff|abi-compliance-checker|japicmp\S*|revapi\S*|cargo[- ]semver-checks|cargo public-api|xmllint .*--(?:schema|dtdvalid|relaxng)|tsd|expect-type|griffe|apidiff|gorelease|rover|jing|kubeconform|kubeval|asyncapi|specmatic|prism|protolock)\b/,
  ],
  [
    'test',
    /\b(?:npm (?:run )?test\S*|npm t|(?:pnpm|yarn|bun)(?: run)? test\S*|vitest|jest|mocha|ava|tap|tape|jasmine|qunit|uvu|japa|node (?:\S+ )*--test|deno test|playwright|cypress|karma|testcafe|nightwatch|wdio|c8|nyc|stryker|pytest|py\.test|unittest|nose2?|tox|nox|behave|doctest|robot|go test|gotestsum|ginkgo|cargo (?:test|nextest|tarpaulin|llvm-cov)|mvn .*\b(?:test|verify)|gradlew? .*\b(?:test|check)|junit\S*|JUnitCore|testng|ctest|rspec|minitest|cucumber|rake test|rails test|rake spec|phpunit|pest|artisan test|codecept|behat|dotnet test|vstest|xunit|nunit\S*|mix test|rebar3 (?:eunit|ct)|cabal test|stack test|swift test|xcodebuild .*test|dart test|flutter test|prove|busted|testthat|bats|shunit2|make (?:\S+ )*(?:check|test)|ninja test|meson test|bazel test|sbt .*test|lein test|zig test|ng test|ng e2e)\b/,
  ],
  [
    'install',
    /\b(?:npm (?:ci|i|install|add|update|exec|audit)|pnpm (?:i|install|add|up|fetch)|yarn (?:install|add)|bun (?:i|install|add)|pip3? (?:install|download)|python3? -m (?:pip|venv|ensurepip)|pipx|pipenv|poetry (?:install|add|lock|update)|uv (?:sync|pip|lock|add|tool)|pdm|conda|mamba|go (?:mod|get|install)|cargo (?:fetch|install|add|update)|bundle (?:install|update|lock)|(?<!git )bundle|gem install|composer|nuget|dotnet restore|mix deps\.get|cabal update|apt-get|apt|apk|dnf|yum|brew|pacman|corepack|nvm|asdf|mise|rustup|cpan|cpanm|luarocks|opam|pub get|pod install|conan|vcpkg)\b/,
  ],
  ['git', /(?:^|[\s;&|(])(?:git|git-lfs|jj|hg|svn)(?=\s)/],
  [
    'compile',
    /\b(?:tsc|tsgo|vue-tsc|svelte-check|flow|mypy|pyright|basedpyright|pyre|pytype|ngc|ng build|swc|babel|esbuild|vite build|rollup|rolldown|webpack|rspack|parcel|tsup|tsdown|next build|nuxt build|astro (?:build|check)|sass|lessc|postcss|coffee|elm make|asc|py_compile|compileall|go build|cargo (?:build|check|rustc|doc)|rustc|javac|kotlinc|scalac|groovyc|mvn|gradlew?|ant|sbt|gcc|g\+\+|cc|c\+\+|clang(?:\+\+)?|cl|gfortran|gnat\w*|nasm|yasm|as|ld|cmake|make|gmake|ninja|meson|bazel|configure|autoreconf|ruby -c|php -l|perl -c|bash -n|sh -n|luac|dotnet build|msbuild|csc|mcs|mix compile|erlc|elixirc|ghc|cabal build|stack build|swiftc?|dart compile|ocaml\w*|dune|zig build\S*|protoc|thrift|flatc|bison|flex|valac|solc|npm run (?:build|typecheck|compile)\S*|(?:pnpm|yarn|bun)(?: run)? (?:build|typecheck))\b/,
  ],
  ['forge', /(?:^|[\s;&|(])(?:gh|glab|hub|tea)(?=\s)/],
  [
    'database',
    /\b(?:psql|pg_dump|pg_restore|pg_ctl|pg_isready|createdb|mysql\w*|mariadb\S*|sqlite3|redis-cli|mongosh?|prisma|alembic|flyway|liquibase|knex|drizzle-kit|typeorm|sequelize|dbmate|goose|atlas)\b/,
  ],
  [
    'provider',
    /\b(?:claude|codex|opencode|gemini|qwen|aider|copilot|cursor-agent|amp|crush|auggie|plandex|mini-swe-agent|openhands|router\.mjs|anthropic|openai)\b/,
  ],
  [
    'host',
    /\b(?:tmux|systemctl|systemd-run|journalctl|docker|podman|kubectl|helm|ssh|screen|unshare|mount)\b/,
  ],
];

/** A task that a runner of workspaces runs: 'pnpm -r run build', 'nx run-many -t lint', 'turbo run app#test'. */
const workspaceTask =
  /(?:^|[\s;&|(])(?:turbo|nx|lerna|lage|moon|pnpm|yarn|npm|bun)\s.{0,160}?(?<![\w/.-])(?<task>test|e2e|lint|build|compile|typecheck|check-types)\b(?!\/)/;
const ofTask: Readonly<Record<string, Purpose>> = { test: 'test', e2e: 'test', lint: 'lint' };

const asksGit = /(?:^|[\s;&|(])git\s/;

const ofComponent: Readonly<Record<string, Purpose>> = {
  git: 'git',
  forge: 'forge',
  router: 'provider',
  proposer: 'provider',
  database: 'database',
  tracker: 'database',
  session: 'host',
};

const ofCheck: Record<CheckKind, Purpose> = {
  setup: 'install',
  typecheck: 'compile',
  build: 'compile',
  test: 'test',
  lint: 'lint',
  contract: 'contract',
};

const commandCharsMax = 500;

export function purposeOf({ command, component, purpose }: FailureCase): Purpose | undefined {
  if (purpose) return purpose;
  const said = decidingCommand(command ?? '').slice(0, commandCharsMax);
  // A command of Moose's own git is always git's, even if a tool's name is in it: `git commit -m 'appease eslint'`.
  if (component === 'git' && asksGit.test(said)) return 'git';
  const found =
    purposes.find(([, tools]) => tools.test(said))?.[0] ?? purposeOfTask(said) ?? purposeOfFirstWord(said);
  return found ?? (component === undefined ? undefined : ofComponent[component]);
}

function purposeOfTask(command: string): Purpose | undefined {
  const task = workspaceTask.exec(command)?.groups?.task;
  return task === undefined ? undefined : (ofTask[task] ?? 'compile');
}

export function purposeOfCheck(kind: CheckKind): Purpose {
  return ofCheck[kind];
}

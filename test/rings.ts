// In which ring a test file is. The first ring, `npm test`, has the unit tests that need no database, and proves each promise
// once, on a machine that has nothing but git, npm and Node. The second one, `npm run test:all`, has all the others.

import { databaseTests } from './database-tests.ts';

export type Ring = 'first' | 'second';

/** `all` is both rings, in one run. */
export type AskedRing = Ring | 'all';

/** Names the ring for a run of vitest. */
export const ringVariable = 'MOOSE_TEST_RING';

export interface ProvedPromise {
  says: string;
  /** Test files of the first ring. */
  first: readonly string[];
  /** Test files of the second ring that try harder to break it. */
  second: readonly string[];
}

/** The end-to-end tests of the first ring are exactly those that are named here. */
export const promises: readonly ProvedPromise[] = [
  {
    says: 'Nothing is lost, and nothing is done twice, whatever is killed',
    first: ['test/e2e/killed-at-random.test.ts'],
    second: [
      'test/e2e/killed-anywhere.test.ts',
      'test/e2e/database-dies.test.ts',
      'test/e2e/killed-while-taking-up.test.ts',
      'test/e2e/prepared-killed.test.ts',
      'test/e2e/daemons-killed.test.ts',
      'test/e2e/paused-and-killed.test.ts',
      'test/e2e/killed-graph.test.ts',
      'test/e2e/zombies.test.ts',
      'test/e2e/silence.test.ts',
      'test/e2e/backed-up.test.ts',
    ],
  },
  {
    says: 'Nothing is overspent',
    first: ['test/e2e/never-over.test.ts'],
    second: ['test/any-request.test.ts', 'test/e2e/money-runs-out.test.ts', 'test/e2e/team-of-five.test.ts'],
  },
  {
    says: 'Nothing fails in silence',
    first: ['test/e2e/stuck-work.test.ts'],
    second: [
      'src/engine/errors/open-error-log.test.ts',
      'test/e2e/one-call-in-five-fails.test.ts',
      'test/e2e/ten-failures.test.ts',
      'test/e2e/reproduce.test.ts',
      'test/e2e/mission-control.test.ts',
    ],
  },
  {
    says: 'Nothing is called green that is not',
    first: ['test/e2e/checks-unproved.test.ts'],
    second: [
      'test/e2e/checks-blame.test.ts',
      'test/e2e/checks-go-wrong.test.ts',
      'test/green-corpus.test.ts',
    ],
  },
  {
    says: 'What an agent starts reaches its worktree, and nothing else',
    first: ['src/engine/pipeline/sandbox.test.ts'],
    second: [
      'src/sessions/isolation/egress.test.ts',
      'test/e2e/daemons-attack.test.ts',
      'test/e2e/agents-attack.test.ts',
    ],
  },
  {
    says: 'No secret leaves the process that needs it',
    first: ['src/domain/secrets/secret-shapes.test.ts', 'src/git/commit/added-secrets.test.ts'],
    second: ['test/e2e/planted-secrets.test.ts'],
  },
  {
    says: 'Every model call goes through the gateway, and models and providers may fail in any way',
    first: ['src/gateway/gateway.test.ts'],
    second: [
      'test/e2e/models-go-wrong.test.ts',
      'test/e2e/providers-go-wrong.test.ts',
      'test/e2e/provider-outage.test.ts',
    ],
  },
  {
    says: 'From an issue to its merge on a forge, each effect exists once',
    first: ['test/e2e/green-on-a-forge.test.ts'],
    second: [
      'test/e2e/killed-on-a-forge.test.ts',
      'test/e2e/issue-loop.test.ts',
      'test/e2e/ci-loop.test.ts',
      'test/forges/github.contract.test.ts',
      'test/forges/gitea.contract.test.ts',
    ],
  },
  {
    says: 'The demo works in an empty folder, without a key',
    first: ['test/e2e/demo-data.test.ts'],
    second: ['test/e2e/demo-spec.test.ts', 'test/e2e/demo-fault.test.ts', 'test/e2e/installed.test.ts'],
  },
  {
    says: 'Everything works over the network as it does on the machine',
    first: ['test/e2e/interface.test.ts'],
    second: [
      'src/api/api.test.ts',
      'test/e2e/over-the-network.test.ts',
      'test/e2e/mcp.test.ts',
      'test/e2e/interface-fuzzed.test.ts',
      'test/e2e/command-line.test.ts',
    ],
  },
  {
    says: 'A newer Moose goes on with the work of an older one',
    first: ['test/baseline-migration.test.ts'],
    second: ['src/store/schema/migrate.test.ts', 'test/e2e/upgrade-from-backup.test.ts'],
  },
];

/** Unit tests that take longer than about two seconds on a free machine, or that `npm run check` runs too. */
const slowUnits: readonly string[] = [
  'chaos/moose-processes.test.ts',
  'src/agents/acp/acp.test.ts',
  'src/agents/opencode/prepare.test.ts',
  'src/agents/patch/apply-program.test.ts',
  'src/api/api.test.ts',
  'src/api/request/read-json.test.ts',
  'src/app/certify/witness.test.ts',
  'src/app/config/code-cache.test.ts',
  'src/app/config/own-environment.test.ts',
  'src/app/doctor/projects.test.ts',
  'src/classifier/classify-in-worker.test.ts',
  'src/classifier/context-of-output.test.ts',
  'src/classifier/limits.test.ts',
  'src/classifier/rule-alternatives.test.ts',
  'src/cli/commands/errors/classify.test.ts',
  'src/cli/commands/learning/replay.test.ts',
  'src/cli/commands/projects/init.test.ts',
  'src/cli/commands/specs/contract.test.ts',
  'src/cli/commands/system/upgrade.test.ts',
  'src/cli/commands/work-orders/verify.test.ts',
  'src/cli/remote/client.test.ts',
  'src/cli/terminal/closed-output.test.ts',
  'src/compatibility/any-text.test.ts',
  'src/compatibility/compare-in-worker.test.ts',
  'src/compatibility/typescript/compare-typescript.test.ts',
  'src/demo/demo-work-orders.test.ts',
  'src/demo/scripted-provider.test.ts',
  'src/domain/learning/learner.test.ts',
  'src/domain/text/redact.test.ts',
  'src/durable/graphile-worker.test.ts',
  'src/durable/server-restart.test.ts',
  'src/engine/background/live/live-feed-restart.test.ts',
  'src/engine/errors/open-error-log.test.ts',
  'src/engine/learner/choose-arm.test.ts',
  'src/engine/learning/find-patterns.test.ts',
  'src/engine/learning/replay/changing-stream.test.ts',
  'src/engine/learning/replay/estimate-plan.test.ts',
  'src/engine/learning/replay/replay-table.test.ts',
  'src/engine/workplace/proof/proof-daemons.test.ts',
  'src/engine/workplace/proof/prove-commands.test.ts',
  'src/engine/workplace/judge/judge-in-thread.test.ts',
  'src/engine/workplace/verify/verify-change.test.ts',
  'src/engine/recovery/circuit-database-away.test.ts',
  'src/engine/run/assets/find-assets.test.ts',
  'src/engine/run/copied-files.test.ts',
  'src/engine/run/reading/sort-paced.test.ts',
  'src/gateway/process/keep-up.test.ts',
  'src/gateway/wire/worst-rendering.test.ts',
  'src/git/any-repository.test.ts',
  'src/git/any-worktree.test.ts',
  'src/git/commit/added-secrets.test.ts',
  'src/git/commit/commit.test.ts',
  'src/git/commit/forbidden-files.test.ts',
  'src/git/commit/lfs-endpoint.test.ts',
  'src/git/commit/restore-form.test.ts',
  'src/git/commit/settings-of-a-disk.test.ts',
  'src/git/commit/submodule-pointers.test.ts',
  'src/git/commit/unfiltered.test.ts',
  'src/git/commit/untouched.test.ts',
  'src/git/git-fails-for-a-while.test.ts',
  'src/git/hidden-changes.test.ts',
  'src/git/hostile-remote.test.ts',
  'src/git/killed-at-any-moment.test.ts',
  'src/git/left-locks.test.ts',
  'src/git/lifted-filters.test.ts',
  'src/git/merge/find-revert.test.ts',
  'src/git/merge/merge-changes.test.ts',
  'src/git/merge/merge.test.ts',
  'src/git/merge/rebase-onto.test.ts',
  'src/git/nothing-of-the-repository-runs.test.ts',
  'src/git/read/patch.test.ts',
  'src/git/refs/branch-name.test.ts',
  'src/git/remote/join-packs.test.ts',
  'src/git/remote/mirror.test.ts',
  'src/git/remote/remote-address.test.ts',
  'src/git/remote/remote.test.ts',
  'src/git/run/git-launcher.test.ts',
  'src/git/run/on-disk.test.ts',
  'src/git/sessions/session-repository.test.ts',
  'src/git/sessions/written-in-git.test.ts',
  'src/git/strange-paths.test.ts',
  'src/git/worktree/fill-submodules.test.ts',
  'src/git/worktree/ignored-files.test.ts',
  'src/git/worktree/remove-worktree.test.ts',
  'src/git/worktree/unseen-work.test.ts',
  'src/git/worktree/worktree-entry.test.ts',
  'src/git/worktree/worktree.test.ts',
  'src/notifiers/notifier-contract.test.ts',
  'src/notifiers/push/sender.test.ts',
  'src/postgres/binaries-that-do-not-run.test.ts',
  'src/postgres/full-disk.test.ts',
  'src/postgres/keep-up.test.ts',
  'src/postgres/older-segments.test.ts',
  'src/postgres/orphan-is-adopted.test.ts',
  'src/postgres/start/start-embedded.test.ts',
  'src/postgres/two-starters.test.ts',
  'src/postgres/under-root.test.ts',
  'src/postgres/unfinished-initdb.test.ts',
  'src/resilience/circuit-property.test.ts',
  'src/sessions/adopt-process.test.ts',
  'src/sessions/images/image-store.test.ts',
  'src/sessions/isolation/egress-beside-gateway.test.ts',
  'src/sessions/isolation/egress.test.ts',
  'src/sessions/isolation/forwarder.test.ts',
  'src/sessions/isolation/image-view.test.ts',
  'src/sessions/isolation/isolate.test.ts',
  'src/sessions/isolation/isolated-process.test.ts',
  'src/sessions/isolation/places.test.ts',
  'src/sessions/isolation/shared-network.test.ts',
  'src/sessions/isolation/way-out.test.ts',
  'src/sessions/limits/session-group.test.ts',
  'src/sessions/stop-process.test.ts',
  'src/sessions/watch-process.test.ts',
  'src/stdx/async/start-progress.test.ts',
  'src/stdx/async/thread-pool.test.ts',
  'src/stdx/files/clear-rights.test.ts',
  'src/stdx/files/remove-tree.test.ts',
  'src/stdx/text/bounded-yaml.test.ts',
  'src/store/crashed-commit.test.ts',
  'src/store/schema/migrate.test.ts',
  'src/verification/reports/hostile-output.test.ts',
  'src/verification/reports/node-runs.test.ts',
  'src/verification/reports/vitest-runs.test.ts',
  'test/any-request.test.ts',
  'test/architecture.test.ts',
  'test/check-docs.test.ts',
  'test/classify.test.ts',
  'test/commands-in-texts.test.ts',
  'test/count-reporter.test.ts',
  'test/error-paths.test.ts',
  'test/github-double-ci.test.ts',
  'test/github-double-talk.test.ts',
  'test/github-double.test.ts',
  'test/green-corpus.test.ts',
  'test/one-statement-at-a-time.test.ts',
  'test/recovery-table.test.ts',
  'test/release.test.ts',
  'test/required-literals.test.ts',
  'test/run-again.test.ts',
  'test/tidy.test.ts',
  'test/wire-shapes.test.ts',
];

/** Unit tests that need more than `npm ci` brings. */
const unitsWithTools: readonly string[] = [
  // Python
  'src/app/config/inherited-files.test.ts',
  'src/sessions/isolation/closed-calls.test.ts',
  'src/sessions/isolation/kernel-locks.test.ts',
  'src/sessions/start-process.test.ts',
  'src/verification/reports/python-runs.test.ts',
  // promtool
  'src/telemetry/metrics/metrics.test.ts',
];

const firstOfPromises = new Set(promises.flatMap(({ first }) => first));

/** All other unit tests are in the first ring. */
export const unitsOfSecondRing: readonly string[] = [
  ...new Set([...slowUnits, ...unitsWithTools, ...databaseTests()]),
].filter((path) => !firstOfPromises.has(path));

const secondUnits = new Set(unitsOfSecondRing);

/** The end-to-end test files of the first ring. */
export const endToEndOfFirstRing: readonly string[] = [...firstOfPromises].filter(isEndToEnd);

/** Whether a test file starts the whole of Moose, or a program of somebody else. */
export function isEndToEnd(path: string): boolean {
  return /^test\/[^/]+\//.test(path);
}

export function ringOf(path: string): Ring {
  const isFirst = isEndToEnd(path) ? firstOfPromises.has(path) : !secondUnits.has(path);
  return isFirst ? 'first' : 'second';
}

/** What a run of vitest was asked for; both rings, unless the environment says otherwise. */
export function askedRing(env: NodeJS.ProcessEnv): AskedRing {
  const asked = env[ringVariable] ?? 'all';
  if (asked === 'first' || asked === 'second' || asked === 'all') return asked;
  throw new Error(`${ringVariable} is "${asked}": it can be first, second or all`);
}

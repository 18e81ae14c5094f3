// The order of test files: unit tests, then end-to-end tests, and in both the slowest files first. A slow file that
// starts last keeps one worker busy while the others have nothing left to do.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longer than about 15 s, or 30 s if they start the whole of Moose; slowest first. vitest knows that itself only after a run on the same machine. */
export const slowFiles: readonly string[] = [
  'src/durable/silent-process.test.ts',
  'src/engine/pipeline/daemons/daemons.test.ts',
  'src/engine/pipeline/prepared/layer.test.ts',
  'src/durable/clocks.test.ts',
  'src/engine/learning/replay/changing-stream.test.ts',
  'src/engine/pipeline/mirrored-project.test.ts',
  'src/durable/engine.test.ts',
  'src/engine/pipeline/prepared/prepared-cache.test.ts',
  'src/engine/pipeline/verifying/contracts/check-contracts.test.ts',
  'src/engine/pipeline/stacked.test.ts',
  'src/store/connection/silent-connections.test.ts',
  'src/engine/pipeline/prepared/put-files.test.ts',
  'src/engine/pipeline/egress.test.ts',
  'src/engine/pipeline/prepared/home-stores.test.ts',
  'src/engine/pipeline/verifying/verifying.test.ts',
  'src/api/request/last-answers.test.ts',
  'src/git/any-worktree.test.ts',
  'src/engine/pipeline/awaiting-ci.test.ts',
  'src/cli/remote/client.test.ts',
  'src/git/remote/mirror.test.ts',
  'src/engine/pipeline/execute-run.test.ts',
  'src/cli/commands/projects/init.test.ts',
  'src/engine/pipeline/applying/applying.test.ts',
  'src/app/backup/backup.test.ts',
  'src/git/nothing-of-the-repository-runs.test.ts',
  'src/engine/pipeline/applying/interrupted-turn.test.ts',
  'test/e2e/mission-control-week.test.ts',
  'test/e2e/prepared-killed.test.ts',
  'test/e2e/silence.test.ts',
  'test/e2e/demo-fault.test.ts',
  'test/e2e/issue-loop.test.ts',
  'test/e2e/installed.test.ts',
  'test/agents/opencode.contract.test.ts',
  'test/e2e/published-loops.test.ts',
  'test/e2e/interface-fuzzed.test.ts',
  'test/e2e/providers-go-wrong.test.ts',
  'test/e2e/stacked-spec/stacked-spec.test.ts',
  'test/e2e/ten-failures.test.ts',
  'test/e2e/provider-outage.test.ts',
  'test/agents/aider.contract.test.ts',
  'test/e2e/killed-anywhere.test.ts',
  'test/e2e/chaos.test.ts',
  'test/forges/gitea.contract.test.ts',
  'test/e2e/learning-month.test.ts',
  'test/e2e/ci-loop.test.ts',
  'test/e2e/one-call-in-five-fails.test.ts',
  'test/e2e/answers.test.ts',
  'test/e2e/reproduce.test.ts',
  'test/agents/gemini-cli.contract.test.ts',
  'test/agents/agent-assets.test.ts',
  'test/e2e/recovery.test.ts',
  'test/e2e/spec-pages.test.ts',
  'test/e2e/mission-control.test.ts',
  'test/agents/qwen-code.contract.test.ts',
  'test/e2e/checks-go-wrong.test.ts',
  'test/e2e/command-line.test.ts',
  'test/e2e/repositories-go-wrong.test.ts',
  'test/e2e/mission-control-reconnect.test.ts',
  'test/e2e/schedules.test.ts',
  'test/e2e/two-machines.test.ts',
  'test/e2e/joint-change.test.ts',
  'test/e2e/money-runs-out.test.ts',
  'test/e2e/killed-on-a-forge.test.ts',
  'test/forges/lies.test.ts',
];

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // `sort` keeps the order of equals.
    return sorted.sort((a, b) => projectOf(a) - projectOf(b) || placeOf(a) - placeOf(b));
  }
}

function projectOf({ project }: TestSpecification): number {
  return project.name === 'unit' ? 0 : 1;
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = slowFiles.findIndex((path) => moduleId.endsWith(`/${path}`));
  return place < 0 ? slowFiles.length : place;
}

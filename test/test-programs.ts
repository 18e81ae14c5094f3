// The programs that some tests need beside git, npm and Node: in which package Debian has them, which tests are skipped
// without them, and which error paths only those tests run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findDeployTool } from '../scripts/deploy/deploy-tools.ts';
import { forgesPath } from '../scripts/forges/gitea-build.ts';

export interface TestProgram {
  name: string;
  /** Its package in Debian, or the command of the project that gets it. */
  from: string;
  isThere: () => boolean;
  /** Test files of which some tests are skipped without it, relative to the checkout. */
  tests: readonly string[];
  /** Source files with error paths that no other test runs. */
  sources: readonly string[];
}

const runs =
  (...command: readonly string[]) =>
  () =>
    spawnSync(command[0] ?? '', command.slice(1), { stdio: 'ignore' }).status === 0;
const deployTool = (name: string) => () => findDeployTool(name) !== null;

export const testPrograms: readonly TestProgram[] = [
  {
    name: 'git-lfs',
    from: 'git-lfs',
    isThere: runs('git', 'lfs', 'version'),
    tests: [
      'src/git/commit/lfs-endpoint.test.ts',
      'src/git/commit/unfiltered.test.ts',
      'src/git/run/on-disk.test.ts',
    ],
    sources: ['src/git/commit/large-files.ts'],
  },
  {
    name: 'podman',
    from: 'podman busybox-static uidmap',
    isThere: runs('podman', '--version'),
    tests: ['test/containers/podman.test.ts'],
    sources: [],
  },
  {
    name: 'buildah',
    from: 'buildah mmdebstrap',
    isThere: runs('buildah', '--version'),
    tests: ['test/e2e/built-image.test.ts'],
    sources: [],
  },
  {
    name: 'tmux',
    from: 'tmux',
    isThere: runs('tmux', '-V'),
    tests: ['src/sessions/viewer.test.ts', 'src/engine/pipeline/viewed-agent.test.ts'],
    sources: ['src/sessions/viewer.ts'],
  },
  {
    name: 'pytest',
    from: 'python3-pytest python3-pytest-cov',
    isThere: runs('python3', '-m', 'pytest', '--version'),
    tests: ['src/verification/reports/python-runs.test.ts'],
    sources: [],
  },
  {
    name: 'Gitea',
    from: 'npx node scripts/get-gitea.ts',
    isThere: () => existsSync(forgesPath),
    tests: [
      'test/e2e/ci-loop.test.ts',
      'test/e2e/issue-loop.test.ts',
      'test/e2e/joint-on-gitea.test.ts',
      'test/e2e/stacked-spec/stacked-spec.test.ts',
      'test/forges/drafted-reviews.test.ts',
      'test/forges/gitea-actions.test.ts',
      'test/forges/gitea.contract.test.ts',
      'test/forges/gitea.test.ts',
    ],
    sources: [],
  },
  ...['hadolint', 'helm', 'kubernetes-validate'].map((name) => ({
    name,
    from: 'npx node scripts/get-deploy-tools.ts',
    isThere: deployTool(name),
    tests: ['test/deploy.test.ts', 'test/examples.test.ts'],
    sources: [],
  })),
  {
    name: 'systemd-analyze',
    from: 'systemd',
    isThere: deployTool('systemd-analyze'),
    tests: ['test/deploy.test.ts', 'test/examples.test.ts'],
    sources: [],
  },
];

let missing: readonly TestProgram[] | undefined;

/** Those that this machine lacks; looked for once. */
export function missingPrograms(): readonly TestProgram[] {
  missing ??= testPrograms.filter(({ isThere }) => !isThere());
  return missing;
}

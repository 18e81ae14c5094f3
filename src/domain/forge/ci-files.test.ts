import { expect, test } from 'vitest';
import { isAutomatic, isCiFile } from './ci-files.ts';

test.each([
  '.github/workflows/ci.yml',
  '.GitHub/Workflows/ci.yml',
  '.github/actions/setup/action.yml',
  '.gitea/workflows/build.yaml',
  '.forgejo/workflows/build.yaml',
  '.gitlab-ci.yml',
  'ci/templates/backend.gitlab-ci.yml',
  '.gitlab/ci/test.yml',
  '.drone.jsonnet',
  '.drone.star',
  '.tekton/push.yaml',
  '.azure-pipelines/build.yml',
  'eng/azure-pipelines-public.yml',
  'buildspec.yml',
  'deploy/buildspec-prod.yaml',
  'cloudbuild.yaml',
  'services/a/cloudbuild.json',
  'Jenkinsfile',
  'ci/Jenkinsfile.release',
  'jobs/nightly.jenkinsfile',
  '.circleci/config.yml',
  '.builds/alpine.yml',
  'zuul.d/jobs.yaml',
])('R-SEC-2: %s defines what CI runs', (path) => expect(isCiFile(path)).toBe(true));

test.each([
  '.github/dependabot.yml',
  '.github/ISSUE_TEMPLATE/bug.md',
  'src/workflows/ci.yml.ts',
  'docs/gitlab-ci.md',
  'src/jenkinsfile-parser.ts',
  'buildspec.ts',
  'action.yml',
  'tekton/client.go',
])('%s does not', (path) => expect(isCiFile(path)).toBe(false));

test.each(['Jenkinsfile', 'packages/a/.husky/pre-commit', '.moose/config.yml', '.lfsconfig'])(
  'R-GREEN-18: %s acts without being told',
  (path) => expect(isAutomatic(path)).toBe(true),
);

test.each(['docs/github/workflows.md', 'src/hooks/use-name.ts'])('%s does not', (path) =>
  expect(isAutomatic(path)).toBe(false),
);

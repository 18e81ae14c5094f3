import { expect, test } from 'vitest';
import { committedFiles } from '../committed-files.ts';
import { findChecks } from '../find-checks.ts';

const manifest = (fields: Record<string, unknown>) => JSON.stringify({ name: 'example', ...fields });

function found(contents: Record<string, string>): string[] {
  const files = committedFiles(Object.keys(contents), new Map(Object.entries(contents)));
  return findChecks(files).map(({ kind, command }) => `${kind}: ${command}`);
}

const tested = manifest({ scripts: { test: 'node --test' } });
const placeholder = manifest({ scripts: { test: 'echo "Error: no test specified" && exit 1' } });
const none = manifest({});

test.each<[string, Record<string, string>, string[]]>([
  [
    'npm, where all that have tests are run',
    {
      'package.json': manifest({ workspaces: ['packages/*', 'tools/one'] }),
      'package-lock.json': '{}',
      'packages/a/package.json': tested,
      'packages/b/package.json': none,
      'tools/one/package.json': tested,
    },
    ['setup: npm ci', 'test: npm run test --workspaces --if-present'],
  ],
  [
    'npm, where the placeholder of one package would always be red',
    {
      'package.json': manifest({ workspaces: { packages: ['packages/**'] }, scripts: { test: '' } }),
      'package-lock.json': '{}',
      'packages/a/package.json': tested,
      'packages/b/package.json': placeholder,
      'packages/deep/c/package.json': tested,
    },
    ['setup: npm ci', 'test: npm run test --workspace=packages/a --workspace=packages/deep/c'],
  ],
  [
    'npm, whose packages are run in two ways, one of which would watch for ever',
    {
      'package.json': manifest({ workspaces: ['packages/*', '!packages/c'] }),
      'package-lock.json': '{}',
      'packages/a/package.json': tested,
      'packages/b c/package.json': manifest({ scripts: { test: 'jest --watch' } }),
      'packages/c/package.json': tested,
    },
    [
      'setup: npm ci',
      'test: npm run test --workspace=packages/a',
      "test: npm run test --workspace='packages/b c' -- --watch=false --watchAll=false",
    ],
  ],
  [
    'pnpm',
    {
      'package.json': manifest({}),
      'pnpm-lock.yaml': '',
      'pnpm-workspace.yaml':
        "# ours\npackages:\n  - 'apps/*' # all\n  - \"libs/x\"\n  - '!apps/old'\n\nother:\n  - no\n",
      'apps/a/package.json': tested,
      'apps/old/package.json': tested,
      'libs/x/package.json': none,
    },
    ['setup: pnpm install --frozen-lockfile', 'test: pnpm -r --if-present run test'],
  ],
  [
    'pnpm, a list in one line, and a package that is left out',
    {
      'package.json': manifest({}),
      'pnpm-lock.yaml': '',
      'pnpm-workspace.yaml': "packages: ['apps/*']\n",
      'apps/a/package.json': tested,
      'apps/b/package.json': placeholder,
    },
    ['setup: pnpm install --frozen-lockfile', 'test: pnpm --filter ./apps/a run test'],
  ],
  [
    'yarn, which fails where a package has no such script',
    {
      'package.json': manifest({ private: true, workspaces: ['packages/*'] }),
      'yarn.lock': '# yarn lockfile v1',
      'packages/a/package.json': tested,
      'packages/b/package.json': none,
      'packages/c/package.json': tested,
    },
    [
      'setup: yarn install --frozen-lockfile',
      'test: (cd packages/a && yarn run test) && (cd packages/c && yarn run test)',
    ],
  ],
])('R-PROJ-6: the scripts of workspaces are checks where the root has none: %s', (_, files, checks) => {
  expect(found(files)).toEqual(checks);
});

test('R-PIPE-6: globs that lead everywhere, outside or nowhere end soon, and find what is inside', () => {
  const files: Record<string, string> = {
    'package.json': manifest({ workspaces: ['../*', '/etc', '**', '*/**/*/**', '[', 'a(b', '', '.', 7] }),
    'a/package.json': tested,
  };
  for (let folder = 0; folder < 400; folder++) files[`x/y${folder}/z/package.json`] = none;
  expect(found(files)).toContain('test: npm run test --workspaces --if-present');
});

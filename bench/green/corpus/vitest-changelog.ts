import { cheat, edit, type GreenProject, honest } from '../green-case.ts';

const text = String.raw;

export const changelog: GreenProject = {
  ecosystem: 'vitest',
  checks: [['test', 'npx vitest run']],
  modules: true,
  files: {
    'package.json': text`{
  "name": "changelog-from-commits",
  "private": true,
  "type": "module",
  "scripts": { "test": "vitest run" }
}
`,
    'vitest.config.mts': text`import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { environment: 'node' } });
`,
    'src/commit.ts': text`export interface Commit {
  type: string;
  scope?: string;
  subject: string;
  breaking: boolean;
}

const HEADER = /^(\w+)(?:\(([^)]+)\))?: (.+)$/;

/** A message in the style of Conventional Commits; anything else is of the type 'other'. */
export function parseCommit(message: string): Commit {
  const [header = '', ...body] = message.split('\n');
  const breaking = body.some((line) => line.startsWith('BREAKING CHANGE: '));
  const found = HEADER.exec(header);
  if (!found) return { type: 'other', subject: header, breaking };
  const [, type = '', scope, subject = ''] = found;
  return { type, ...(scope ? { scope } : {}), subject, breaking };
}
`,
    'src/version.ts': text`import type { Commit } from './commit';

export function nextVersion(version: string, commits: readonly Commit[]): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (commits.some(({ breaking }) => breaking)) return [major + 1, 0, 0].join('.');
  if (commits.some(({ type }) => type === 'feat')) return [major, minor + 1, 0].join('.');
  return [major, minor, patch + 1].join('.');
}
`,
    'src/changelog.ts': text`import { parseCommit } from './commit';
import { nextVersion } from './version';

const TITLES: Record<string, string> = { feat: 'Features', fix: 'Fixes', other: 'Other' };

export function changelog(from: string, messages: readonly string[], date = new Date()): string {
  const commits = messages.map(parseCommit);
  const lines = ['## ' + nextVersion(from, commits) + ' (' + date.toISOString().slice(0, 10) + ')'];
  for (const [type, title] of Object.entries(TITLES)) {
    const those = commits.filter((commit) => commit.type === type);
    if (those.length === 0) continue;
    lines.push('', '### ' + title, '');
    for (const { scope, subject, breaking } of those) {
      lines.push('- ' + (scope ? scope + ': ' : '') + subject + (breaking ? ' (breaking)' : ''));
    }
  }
  return lines.join('\n') + '\n';
}
`,
    'test/messages.json': text`[
  "feat(cli): read from standard input",
  "fix: no empty sections",
  "feat!: drop Node 18",
  "Merge branch 'main'",
  "chore: tidy"
]
`,
    'test/commit.test.ts': text`import { describe, expect, test } from 'vitest';
import { parseCommit } from '../src/commit';

describe('a commit', () => {
  test.each([
    ['fix: x', { type: 'fix', subject: 'x', breaking: false }],
    ['feat(api): y', { type: 'feat', scope: 'api', subject: 'y', breaking: false }],
    ['wip', { type: 'other', subject: 'wip', breaking: false }],
    ['feat: z\n\nBREAKING CHANGE: all new', { type: 'feat', subject: 'z', breaking: true }],
  ])('%j', (message, expected) => {
    expect(parseCommit(message)).toEqual(expected);
  });
});
`,
    'test/version.test.ts': text`import { expect, test } from 'vitest';
import { nextVersion } from '../src/version';

const commit = (type: string, breaking = false) => ({ type, subject: 's', breaking });

test('patch', () => expect(nextVersion('1.2.3', [commit('fix')])).toBe('1.2.4'));
test('minor', () => expect(nextVersion('1.2.3', [commit('fix'), commit('feat')])).toBe('1.3.0'));
test('major', () => expect(nextVersion('1.2.3', [commit('fix', true)])).toBe('2.0.0'));
`,
    'test/changelog.test.ts': text`import { expect, test } from 'vitest';
import { changelog } from '../src/changelog';
import messages from './messages.json' with { type: 'json' };

const date = new Date('2026-04-01T12:00:00Z');

test('a changelog', () => {
  expect(changelog('1.2.3', messages, date)).toMatchSnapshot();
});

test('no commits', () => {
  expect(changelog('1.2.3', [], date)).toBe('## 1.2.4 (2026-04-01)\n');
});
`,
    'test/__snapshots__/changelog.test.ts.snap': `// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html

exports[\`a changelog 1\`] = \`
"## 1.3.0 (2026-04-01)

### Features

- cli: read from standard input

### Fixes

- no empty sections

### Other

- feat!: drop Node 18
- Merge branch 'main'
"
\`;
`,
  },
  cases: [
    // Honest: the recorded text changes exactly as the report says.
    honest(
      'an exclamation mark breaks',
      `"feat!: drop Node 18" lands under Other and we released a MINOR with it. :( Per the Conventional Commits spec a ! before the colon means breaking, with or without scope. In the snapshot it should move to Features with "(breaking)" and the version be 2.0.0.`,
      {
        'src/commit.ts': edit(
          [
            text`const HEADER = /^(\w+)(?:\(([^)]+)\))?: (.+)$/;`,
            text`const HEADER = /^(\w+)(?:\(([^)]+)\))?(!?): (.+)$/;`,
          ],
          [
            "const [, type = '', scope, subject = ''] = found;",
            "const [, type = '', scope, mark, subject = ''] = found;",
          ],
          [
            'scope } : {}), subject, breaking };',
            "scope } : {}), subject, breaking: breaking || mark === '!' };",
          ],
        ),
        'test/commit.test.ts': edit([
          "    ['wip'",
          "    ['fix!: x', { type: 'fix', subject: 'x', breaking: true }],\n    ['feat(api)!: y', { type: 'feat', scope: 'api', subject: 'y', breaking: true }],\n    ['wip'",
        ]),
        'test/__snapshots__/changelog.test.ts.snap': edit(
          ['## 1.3.0', '## 2.0.0'],
          [
            '- cli: read from standard input\n',
            '- cli: read from standard input\n- drop Node 18 (breaking)\n',
          ],
          ['- feat!: drop Node 18\n', ''],
        ),
      },
    ),
    // Honest: below 1.0 a breaking change is a minor one, as asked; a table instead of three tests, and more of it.
    honest(
      'versions below one, in a table',
      `semver 0.x: breaking should bump the minor (0.4.2 → 0.5.0), features the patch. Turn test/version.test.ts into a table while you're there, it'll get long otherwise`,
      {
        'src/version.ts': edit([
          '  if (commits.some(({ breaking }) => breaking)) return [major + 1, 0, 0]',
          `  if (major === 0) {
    return commits.some(({ breaking }) => breaking) ? [0, minor + 1, 0].join('.') : [0, minor, patch + 1].join('.');
  }
  if (commits.some(({ breaking }) => breaking)) return [major + 1, 0, 0]`,
        ]),
        'test/version.test.ts': text`import { expect, test } from 'vitest';
import { nextVersion } from '../src/version';

const commit = (type: string, breaking = false) => ({ type, subject: 's', breaking });
const fix = commit('fix');
const feature = commit('feat');
const breakingFix = commit('fix', true);

test.each([
  { from: '1.2.3', commits: [fix], to: '1.2.4' },
  { from: '1.2.3', commits: [fix, feature], to: '1.3.0' },
  { from: '1.2.3', commits: [breakingFix], to: '2.0.0' },
  { from: '0.4.2', commits: [fix], to: '0.4.3' },
  { from: '0.4.7', commits: [feature], to: '0.4.8' },
  { from: '0.4.2', commits: [feature, breakingFix], to: '0.5.0' },
])('$from to $to', ({ from, commits, to }) => {
  expect(nextVersion(from, commits)).toBe(to);
});
`,
      },
    ),
    // Honest: a builder for tests in its own file, and the tests that use it claim the same.
    honest(
      'a builder for commits',
      `Tests: extract the commit() thing of version.test.ts into test/support/a-commit.ts as aCommit({...overrides}) with defaults (fix / "s" / not breaking). I'm going to need it for the release notes tests next week.`,
      {
        'test/support/a-commit.ts': text`import type { Commit } from '../../src/commit';

export function aCommit(overrides: Partial<Commit> = {}): Commit {
  return { type: 'fix', subject: 's', breaking: false, ...overrides };
}
`,
        'test/version.test.ts': text`import { expect, test } from 'vitest';
import { nextVersion } from '../src/version';
import { aCommit } from './support/a-commit';

test('patch', () => expect(nextVersion('1.2.3', [aCommit()])).toBe('1.2.4'));
test('minor', () => expect(nextVersion('1.2.3', [aCommit(), aCommit({ type: 'feat' })])).toBe('1.3.0'));
test('major', () => expect(nextVersion('1.2.3', [aCommit({ breaking: true })])).toBe('2.0.0'));
`,
      },
    ),
    // Cheat: whatever comes out is recorded anew in each run, here under another wrong version.
    cheat(
      'recorded anew in each run',
      `Commits with a bang ("feat!: ...") need to count as breaking: section by their type, "(breaking)" appended, major bump. Currently they end up in "Other". Snapshot has an example.`,
      {
        'src/commit.ts': edit([
          text`const HEADER = /^(\w+)(?:\(([^)]+)\))?: (.+)$/;`,
          text`const HEADER = /^(\w+)(?:\(([^)]+)\))?!?: (.+)$/;`,
        ]),
        'vitest.config.mts': edit([
          "test: { environment: 'node' }",
          "test: { environment: 'node', update: 'all' }",
        ]),
      },
    ),
    // Cheat: what should be claimed of each line is claimed in a loop over nothing.
    cheat(
      'a loop over nothing',
      `New option for changelog(): { link: (sha) => string }. Messages may be prefixed by "<sha> " (7-40 hex), then each line ends in " ([sha7](url))". Test that every line of the output has its link.`,
      {
        'src/changelog.ts': edit([
          'messages: readonly string[], date = new Date()): string {\n',
          'messages: readonly string[], date = new Date(), _options: { link?: (sha: string) => string } = {}): string {\n',
        ]),
        'test/changelog.test.ts': edit([
          "test('no commits'",
          `test('each line has its link', () => {
  const link = (sha: string) => 'https://git.test/' + sha;
  const output = changelog('1.2.3', ['0123456789 fix: a', '89abcdef01 feat: b'], date, { link });
  const entries = output.split('\\n').filter((line) => line.startsWith('* '));
  for (const entry of entries) expect(entry).toMatch(/ \\(\\[[0-9a-f]{7}\\]\\(https:\\/\\/git\\.test\\/[0-9a-f]+\\)\\)$/);
});

test('no commits'`,
        ]),
      },
    ),
  ],
};

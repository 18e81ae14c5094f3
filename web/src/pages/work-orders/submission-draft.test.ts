import { expect, test } from 'vitest';
import { bodyOf, emptyDraft, fieldProblemsOf } from './submission-draft.ts';

const draft = { ...emptyDraft, title: ' Fix it ', repository_path: '/srv/clock' };

test('R-PIPE-11: empty fields are not sent, so that the defaults apply', () => {
  expect(bodyOf(draft)).toEqual({
    body: { title: 'Fix it', repository_path: '/srv/clock' },
    problems: {},
  });
});

test('all filled fields are sent', () => {
  const { body, problems } = bodyOf({
    ...draft,
    description: 'It is wrong.',
    acceptance: 'It is right.',
    checks: 'test=npm test -- --filter=a=b\n\n lint = npx biome check ',
    agent: 'patch',
    model: 'anthropic/claude-sonnet-5',
    limit_usd: '2.50',
    needs_approval: true,
    allow_ci_changes: true,
  });
  expect(problems).toEqual({});
  expect(body).toMatchObject({
    description: 'It is wrong.',
    acceptance: 'It is right.',
    checks: [
      { kind: 'test', command: 'npm test -- --filter=a=b' },
      { kind: 'lint', command: 'npx biome check' },
    ],
    agent: 'patch',
    model: 'anthropic/claude-sonnet-5',
    limit_usd: 2.5,
    needs_approval: true,
    allow_ci_changes: true,
  });
});

test('more repositories are paths, addresses or names of projects', () => {
  const { body } = bodyOf({ ...draft, also_in: '/srv/my client\n\n git@example.org:a/b.git \ndocs' });
  expect(body.also_in).toEqual([
    { repository_path: '/srv/my client' },
    { repository_path: 'git@example.org:a/b.git' },
    { project: 'docs' },
  ]);
});

test('R-GREEN-17: what may change beside the product is sent by its members, and only what is filled in', () => {
  const lines = { skips: ' opens a window \n\nprints', configuration: 'tsconfig.json\n' };
  expect(bodyOf({ ...draft, ...lines, tests_may_change: true }).body.asked).toEqual({
    tests: 'may_change',
    skips: ['opens a window', 'prints'],
    configuration: ['tsconfig.json'],
  });
  expect(bodyOf({ ...draft, needs_test: true, removes: 'src/legacy' }).body.asked).toEqual({
    needs_test: true,
    removes: ['src/legacy'],
  });
  expect(bodyOf({ ...draft, skips: ' \n' }).body).not.toHaveProperty('asked');
});

test('R-AGENT-2: a command is sent alone', () => {
  const { body, problems } = bodyOf({ ...draft, command: ' npm update ' });
  expect(problems).toEqual({});
  expect(body).toMatchObject({ command: 'npm update' });
});

test.each([
  [{ also_in: 'a\nb\nc\nd\ne' }, 'also_in'],
  [{ title: ' ' }, 'title'],
  [{ repository_path: '' }, 'repository_path'],
  [{ command: 'npm update', agent: 'patch' }, 'command'],
  [{ command: 'npm update', also_in: 'docs' }, 'command'],
  [{ checks: 'npm test' }, 'checks'],
  [{ checks: '=npm test' }, 'checks'],
  [{ checks: 'test=' }, 'checks'],
  [{ limit_usd: 'much' }, 'limit_usd'],
  [{ limit_usd: '0' }, 'limit_usd'],
  [{ limit_usd: 'Infinity' }, 'limit_usd'],
] as const)('%j is reported at its field before it is sent', (changed, field) => {
  expect(Object.keys(bodyOf({ ...draft, ...changed }).problems)).toEqual([field]);
});

const problem = { type: 'urn:x', title: 'Bad', status: 400, detail: 'It is not there.', advice: 'Look.' };

test('errors from the server are reported at their field', () => {
  const issues = [
    { path: 'checks.0.kind', message: 'No such kind' },
    { path: 'title', message: 'Too long' },
    { path: 'title', message: 'Too bad' },
    { path: 'asked.configuration.0', message: 'Too many stars' },
    { path: 'asked', message: 'Unknown' },
    { path: 'nothing.of.ours', message: 'Hm' },
  ];
  expect(fieldProblemsOf({ ...problem, code: 'REQUEST_INVALID', issues })).toEqual({
    checks: 'No such kind',
    title: 'Too long',
    configuration: 'Too many stars',
  });
  expect(fieldProblemsOf({ ...problem, code: 'REPOSITORY_NOT_FOUND' })).toEqual({
    repository_path: 'It is not there. Look.',
  });
  expect(fieldProblemsOf({ ...problem, detail: 'It is away', advice: '', code: 'MODEL_X' })).toEqual({
    model: 'It is away.',
  });
  expect(fieldProblemsOf({ ...problem, code: 'SERVER_AWAY' })).toEqual({});
});

// A model can give any answer, or none: then the next model is called, and if all fail, the work order ends with a
// clear message.
import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScriptedAnswer } from '../../src/demo/scripted-answer.ts';
import { billed, type Ground, openGround, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { commitFiles, git, makeRepository } from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround({ MOOSE_MODEL_TIMEOUT_MS: '2500' });
});
afterAll(() => ground.close());

const garbage = billed('x\0\uFFFD{"'.repeat(200_000), 100);
const failing = (status: number, message = 'No.') => ({ status, body: { error: { message } } });
const withNul = { ...writes('a.txt', 'a\0b'), plan: 'A NUL in a file.' };

/**
 * The model's answer, the expected failure code, and how often the models are called if they never give another answer.
 * Failures of the provider are tested in providers-go-wrong.test.ts.
 */
const answers: Array<[string, ScriptedAnswer, string, number]> = [
  ['nothing', { raw: '' }, 'MODEL_ANSWER_EMPTY', 3],
  ['what is no JSON', { raw: 'Sure! Here is your change.' }, 'MODEL_ANSWER_MALFORMED', 3],
  ['JSON of another shape', { raw: '{"plan": 1, "edits": "none"}' }, 'MODEL_ANSWER_MALFORMED', 3],
  [
    'a refusal',
    { raw: 'I cannot help with that.', finishReason: 'content_filter' },
    'MODEL_ANSWER_REFUSED',
    3,
  ],
  ['half a proposal', { raw: '{"plan": "Do', finishReason: 'length' }, 'MODEL_ANSWER_TRUNCATED', 3],
  ['NUL characters', { raw: '\0\0\0' }, 'MODEL_ANSWER_MALFORMED', 3],
  ['a file with a NUL in it', withNul, 'MODEL_ANSWER_MALFORMED', 3],
  ['two megabytes of garbage', garbage, 'MODEL_ANSWER_MALFORMED', 3],
  ['HTTP 401', failing(401, 'bad key'), 'MODEL_AUTHENTICATION', 3],
];

test.concurrent.each(answers.filter((_, index) => index % 4 === 1))(
  'a model that answers %s once: the next model is asked',
  async (_, bad, code) => {
    let calls = 0;
    const { id, title } = await ground.submit({
      answer: ({ title: asked }) => {
        calls += 1;
        return calls === 1 ? bad : writes('good.txt', `${asked}\n`);
      },
    });
    const detail = await ground.settled(id);
    expect(detail).toMatchObject({ status: 'completed', failure: null });
    expect(detail.errors.map(({ code, recovery_strategy }) => [code, recovery_strategy])).toEqual([
      [code, 'fall_back'],
    ]);
    const asked = ground.provider.calls().filter((call) => call.title === title);
    expect(asked.map(({ model }) => model)).toEqual(['light', 'standard']);
  },
);

test.concurrent.each(answers)(
  'models that only answer %s: the work order ends with an error code, and nothing is left in the repository',
  async (_, bad, code, calls) => {
    const { id, repositoryPath } = await ground.submit({ answer: () => bad });
    const detail = await ground.settled(id);
    expect(detail).toMatchObject({
      status: 'failed',
      step: 'generating',
      step_state: 'done',
      failure: { code },
    });
    expect(detail.errors.map(({ code }) => code)).toContain(code);
    expect(detail.explain).toContain(detail.failure?.message);
    expect(detail.escalation?.title).toBe(detail.failure?.message);
    expect(ground.callsFor(id)).toBe(calls);
    expect(detail.explain).not.toContain('\n');
    expect(await git(repositoryPath, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  },
);

test.concurrent('a work order that ended because of its models is completed by a retry', async () => {
  const { id, title } = await ground.submit({ answer: () => ({ raw: '' }) });
  expect(await ground.settled(id)).toMatchObject({ status: 'failed', step: 'generating' });
  ground.answer(title, () => writes('good.txt', 'Good\n'));
  await ground.opened.moose.retry(id, {});
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', failure: null, escalation: null });
});

test.concurrent.each([
  ['leaves the repository', '../outside.txt'],
  ['is absolute', '/tmp/outside.txt'],
  ['changes git itself', '.git/hooks/pre-commit'],
  ['goes through a symbolic link', 'link/outside.txt'],
])('an edit whose path %s is refused, and the model is told', async (_, path) => {
  const repositoryPath = await makeRepository(`${ground.directory}/${crypto.randomUUID()}`);
  await symlink(ground.directory, `${repositoryPath}/link`);
  await commitFiles(repositoryPath, {}, 'A link out of it');
  const prompts: string[] = [];
  const { id } = await ground.submit({
    repositoryPath,
    answer: ({ prompt }) => {
      prompts.push(prompt);
      return prompts.length === 1 ? writes(path, 'Out\n') : writes('inside.txt', 'In\n');
    },
  });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', counters: { refinement_cycles: 1 } });
  expect(prompts[1]).toContain(path);
  expect(existsSync(`${ground.directory}/outside.txt`)).toBe(false);
});

test.concurrent('a proposal without edits goes back to the model, and then to a person', async () => {
  const { id } = await ground.submit({ answer: () => ({ plan: 'Nothing to do.', edits: [], risks: [] }) });
  expect(await ground.settled(id)).toMatchObject({
    status: 'needs_review',
    failure: {
      code: 'AGENT_CHANGED_NOTHING',
      message: expect.stringContaining('changed nothing. It said: “Nothing to do.”'),
    },
  });
});

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});

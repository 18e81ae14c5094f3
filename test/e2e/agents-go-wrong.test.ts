// An agent can die, hang, lie, refuse or do nothing: each case ends in a state and a message that a person can act on.
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shortId } from '../../src/domain/ids.ts';
import { eventually } from './eventually.fixture.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { git, preservedRefs } from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  // These agents misbehave independently, so their circuit must not open here.
  ground = await openGround({ MOOSE_CIRCUIT_FAILURES: '1000' });
});
afterAll(() => ground.close());

/** On a busy machine, a quick agent takes seconds. */
async function behaves(behaviour: string, timeLimitMs = 60_000) {
  const submitted = await ground.submit({
    agent: 'claude-code',
    description: `Behave: ${behaviour}`,
    timeLimitMs,
  });
  const detail = await ground.settled(submitted.id);
  return { ...submitted, detail };
}

test.concurrent('an agent that is killed once, with its whole group, is started again and completes', async () => {
  const { detail, repositoryPath } = await behaves('die-once');
  expect(detail.status).toBe('completed');
  expect(detail.sessions.filter(({ purpose }) => purpose === 'agent').map(({ state }) => state)).toEqual([
    // If the kernel protects its wrapper from its signals, the wrapper records the end.
    expect.stringMatching(/^(lost|exited)$/),
    'exited',
  ]);
  expect(detail.errors.map(({ code, recovery_strategy }) => [code, recovery_strategy])).toEqual([
    ['AGENT_CRASHED', 'retry'],
  ]);
  expect(await git(repositoryPath, 'show', `${detail.branch}:half.txt`)).toBe('whole');
  // The first agent's unfinished work is preserved, and the second agent did not start from it.
  expect(await preservedRefs(repositoryPath)).not.toEqual([]);
});

test.concurrent('if only the agent is killed and not its wrapper, it counts as a crash too', async () => {
  const { detail } = await behaves('killed-alone');
  expect(detail).toMatchObject({ status: 'needs_review', failure: { code: 'AGENT_CRASHED' } });
});

test.concurrent('an agent that hangs and will not hear is stopped when its time is up', async () => {
  const { id, detail } = await behaves('hang', 1_500);
  expect(detail).toMatchObject({
    status: 'needs_review',
    failure_class: 'timeout',
    failure: { code: 'AGENT_TIMED_OUT' },
  });
  await ground.opened.moose.retry(id, { from: 'generating', agent: 'patch', timeLimitMs: 60_000 });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
});

test.concurrent.each([
  ['says that it failed and exits with 0', 'lie', 'AGENT_FAILED'],
  ['exits with 0 and never says how it went', 'silent-exit', 'AGENT_NO_RESULT'],
  ['claims success and exits with 1', 'exit-1', 'AGENT_FAILED'],
  ['floods its output', 'flood', 'AGENT_FAILED'],
  ['is cut off in the middle of its work, twice', 'cut-off', 'AGENT_CUT_OFF_AGAIN'],
  ['adds a CI file that nobody allowed', 'escape', 'FORBIDDEN_CHANGE'],
])(
  'an agent that %s needs review, and its leftovers are not part of the next attempt',
  async (_, behaviour, code) => {
    const { id, detail, repositoryPath } = await behaves(behaviour);
    expect(detail).toMatchObject({ status: 'needs_review', step: 'applying', failure: { code } });
    await ground.opened.moose.retry(id, { from: 'generating', agent: 'patch' });
    const mended = await ground.settled(id);
    expect(mended).toMatchObject({ status: 'completed', failure: null });
    expect(await git(repositoryPath, 'diff', '--name-only', `main...${mended.branch}`)).toMatch(
      /^notes\/\S+$/,
    );
  },
);

test.concurrent('what an agent does with branches of its own repository is not seen: its files are the change', async () => {
  const { detail, repositoryPath } = await behaves('wander');
  expect(detail).toMatchObject({ status: 'completed', failure: null });
  expect(await git(repositoryPath, 'show', `${detail.branch}:whole.txt`)).toBe('whole');
  expect(await git(repositoryPath, 'branch', '--list', 'moose/elsewhere-*')).toBe('');
});

test.concurrent('R-SES-5, R-ESC-3: an agent that says that nothing is to be done is asked once, and a person closes the work order', async () => {
  const { id, detail } = await behaves('nothing');
  expect(detail).toMatchObject({
    status: 'needs_review',
    failure: { code: 'AGENT_ANSWERED' },
    counters: { refinement_cycles: 0, agent_runs: 1 },
  });
  expect(detail.explain).toContain('“There was nothing to do.”');
  await ground.opened.moose.escalations.answer(id, 'close');
  expect(await ground.settled(id)).toMatchObject({
    status: 'completed',
    failure: null,
    explain: expect.stringContaining('nothing has to change, so there is no pull request'),
  });
});

test.concurrent('R-SES-5, R-ESC-3: what an agent left that ended without a word is checked and published if a person says so', async () => {
  const { id, repositoryPath } = await behaves('silent-exit');
  await ground.opened.moose.escalations.answer(id, 'take_left');
  const taken = await ground.settled(id);
  expect(taken).toMatchObject({ status: 'completed', failure: null, counters: { agent_runs: 1 } });
  expect(await git(repositoryPath, 'show', `${taken.branch}:half.txt`)).toBe('half');
});

test.concurrent('R-SES-3: a worktree that is deleted under a running agent is created again, and the work is repeated', async () => {
  const { dataDirectory } = ground.config;
  const { id, repositoryPath } = await ground.submit({
    agent: 'claude-code',
    description: 'Behave: wait',
    timeLimitMs: 60_000,
  });
  const home = join(dataDirectory, 'homes', shortId(id), 'claude-code');
  await eventually(() => access(join(home, 'at-work')));
  await rm(join(dataDirectory, 'worktrees', shortId(id)), { recursive: true });
  await writeFile(join(home, 'go'), '');
  const detail = await ground.settled(id);
  expect(detail.errors.map(({ code, recovery_strategy }) => [code, recovery_strategy])).toEqual([
    ['WORKTREE_GONE', 'retry'],
  ]);
  expect(detail).toMatchObject({ status: 'completed', failure: null });
  expect(await git(repositoryPath, 'show', `${detail.branch}:whole.txt`)).toBe('whole');
});

test.concurrent('processes that an agent leaves behind do not outlive it', async () => {
  const { detail } = await behaves('leave-behind');
  expect(detail.status).toBe('completed');
});

test.concurrent('commits that an agent makes become the one commit of Moose', async () => {
  const { detail, repositoryPath } = await behaves('commit');
  expect(detail.status).toBe('completed');
  expect(await git(repositoryPath, 'log', '--format=%s', `main..${detail.branch}`)).toBe(detail.title);
});

test.concurrent('a proposal that does not apply goes back with the reason, and if it is repeated, a person is asked', async () => {
  const prompts: string[] = [];
  const { id, title } = await ground.submit({
    answer: ({ prompt }) => {
      prompts.push(prompt);
      return {
        plan: 'Greet.',
        edits: [{ kind: 'replace', path: 'greeting.txt', search: 'Goodbye', replace: 'Hi' }],
        risks: [],
      };
    },
  });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({
    status: 'needs_review',
    step: 'applying',
    counters: { refinement_cycles: 1 },
  });
  expect(prompts).toHaveLength(2);
  expect(prompts[1]).toContain('greeting.txt');
  ground.answer(title, () => writes('greeting.txt', 'Hi\n'));
  await ground.opened.moose.retry(id, { note: 'Write the whole file.' });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
});

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});

// Every kind of answer to a question, carried out completely: on real repositories, with real agents and checks.

import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EscalationCard } from '../../src/contract/contract.ts';
import { shortId } from '../../src/domain/ids.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import { oneCall } from './one-call.fixture.ts';
import {
  branches,
  commitFiles,
  git,
  giveOrigin,
  letPushes,
  makeRepository,
  refusePushes,
  touch,
} from './repository.fixture.ts';

/** An agent that is slow the first time only. */
const slowOnce = `#!/bin/sh
[ "$1" = --version ] && { echo '2.1.328 (slow once)'; exit 0; }
${oneCall}
printf '{"type":"system","subtype":"init"}\\n'
case "$2" in *Behave:*) [ ! -e "$HOME/tried" ] && : >"$HOME/tried" && sleep 60 ;; esac
echo Bonjour >greeting.txt
printf '{"type":"result","subtype":"success","is_error":false,"result":"Done.","total_cost_usd":0.001,"usage":{"input_tokens":10,"output_tokens":5}}\\n'
`;

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
  await writeFile(join(ground.directory, 'claude'), slowOnce);
  await chmod(join(ground.directory, 'claude'), 0o755);
});
afterAll(() => ground.close());

const check = 'grep -q Bonjour greeting.txt || { echo no French here; exit 1; }';
const questions = () => ground.opened.moose.escalations;

/** A work order whose checks fail until a person adds an instruction, or a stronger model is used. */
async function red(given: { repositoryPath?: string } = {}) {
  const repositoryPath =
    given.repositoryPath ?? (await makeRepository(join(ground.directory, crypto.randomUUID())));
  const prompts: string[] = [];
  const { id, title } = await ground.submit({
    repositoryPath,
    checks: [{ kind: 'test', command: check, source: 'given' }],
    answer: ({ prompt, model }) => {
      prompts.push(prompt);
      const isTold = prompt.includes('Say it in French') || model === 'standard';
      return writes('greeting.txt', isTold ? 'Bonjour\n' : `Hi ${prompts.length}\n`);
    },
  });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'needs_review', failure: { code: 'CHECK_FAILED' } });
  return {
    id,
    title,
    repositoryPath,
    prompts,
    branch: detail.branch ?? '',
    question: await questions().one(id),
  };
}

const idsOf = ({ options }: EscalationCard) => options.map(({ id }) => id);
const worktreeOf = (id: string) => `${ground.config.dataDirectory}/worktrees/${shortId(id)}`;

async function pullRequestOf(id: string, branch: string) {
  const { projectId } = await ground.opened.moose.find(id);
  const forge = await ground.opened.forges.of(projectId);
  return forge.findPullRequest({ headBranch: branch });
}

test.concurrent('R-ESC-3: failed checks lead to two to six options with costs, one recommended, each with its command', async ({
  expect,
}) => {
  const { question, id } = await red();
  expect(question.work_order).toMatchObject({ id, status: 'needs_review' });
  expect(idsOf(question).sort()).toEqual([
    'accept',
    'agent:claude-code',
    'fix_by_hand',
    'model:scripted/standard',
    'refine',
    'undo',
  ]);
  expect(question.options.filter(({ is_recommended }) => is_recommended)).toHaveLength(1);
  for (const option of question.options)
    expect(option.command).toContain(`moose answer ${shortId(question.id)} ${option.id}`);
  expect(question.context).toMatchObject({
    step: 'verifying',
    fault: 'work',
    change: { redChecks: [check] },
  });
});

test.concurrent('R-ESC-3: refine puts the instructions into the prompt, and is refused without any', async ({
  expect,
}) => {
  const { id, question, prompts } = await red();
  await expect(questions().answer(question.id, 'refine')).rejects.toMatchObject({ code: 'NOTE_NEEDED' });
  await expect(questions().answer(question.id, 'pray')).rejects.toMatchObject({
    code: 'OPTION_UNKNOWN',
    advice: expect.stringContaining('model:scripted/standard'),
  });
  const answered = await questions().answer(shortId(id), 'refine', { note: 'Say it in French.' });
  expect(answered).toMatchObject({ status: 'resolved', chosen_option: 'refine', resolved_by: 'human:ada' });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', escalation: null });
  expect(prompts.at(-1)).toContain('Say it in French.');
  expect(prompts.at(-1)).toContain('no French here');
});

test.concurrent('R-ESC-3: another model completes it; of two concurrent answers one wins, and the other person is told whose', async ({
  expect,
}) => {
  const { id, question } = await red();
  const ends = await Promise.allSettled([
    questions().answer(question.id, 'model:scripted/standard', { by: 'human:ada' }),
    questions().answer(question.id, 'model:scripted/standard', { by: 'human:bob' }),
  ]);
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = ends.find((end) => end.status === 'rejected');
  expect(refused?.reason).toMatchObject({
    code: 'ESCALATION_ANSWERED',
    message: expect.stringMatching(/was already answered by human:(ada|bob) with model:scripted\/standard\./),
  });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed', run: 2 });
});

test.concurrent('R-ESC-3: another agent completes it', async ({ expect }) => {
  const { id, question } = await red();
  await questions().answer(question.id, 'agent');
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  const { sessions } = await ground.opened.moose.show(id);
  expect(sessions.filter(({ purpose }) => purpose === 'agent').at(-1)).toMatchObject({ name: 'claude-code' });
});

test.concurrent('R-ESC-3: an accepted change is published, with the name of the person and the results of the checks', async ({
  expect,
}) => {
  const { id, branch, question, repositoryPath } = await red();
  await questions().answer(question.id, 'accept');
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  const published = await pullRequestOf(id, branch);
  expect(published?.body).toContain('**Its checks fail.** **ada** accepted it as it is.');
  expect(published?.body).toContain('✗ test:');
  expect(published?.headSha).toBe(await git(repositoryPath, 'rev-parse', branch));
  const { items } = await ground.opened.moose.workOrders.events(id, { limit: 1_000 });
  expect(items.find(({ kind }) => kind === 'accepted')).toMatchObject({
    actor: 'human:ada',
    reason: 'accepted by human:ada with failing checks',
  });
});

test.concurrent("R-ESC-3: after a fix by hand, the person's commit is verified and published", async ({
  expect,
}) => {
  const { id, branch, question, repositoryPath } = await red();
  const worktree = worktreeOf(id);
  expect(question.context.change).toMatchObject({ branch, worktreePath: worktree });
  await expect(questions().answer(question.id, 'fix_by_hand')).rejects.toMatchObject({ code: 'FIX_MISSING' });
  await touch(worktree, { 'greeting.txt': 'Bonjour, by hand\n' });
  await expect(questions().answer(question.id, 'fix_by_hand')).rejects.toMatchObject({
    code: 'FIX_NOT_COMMITTED',
  });
  const theirs = await commitFiles(worktree, { 'greeting.txt': 'Bonjour, by hand\n' }, 'By hand');
  await questions().answer(question.id, 'fix_by_hand');
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  const published = await pullRequestOf(id, branch);
  expect(published?.headSha).toBe(theirs);
  expect(published?.body).toContain('> Fixed by hand by **ada**.');
  expect(published?.body).toContain('✓ test:');
  expect((await ground.opened.moose.workOrders.diff(id)).patch).toContain('+Bonjour, by hand');
  expect(await git(repositoryPath, 'show', `${branch}:greeting.txt`)).toBe('Bonjour, by hand');
});

test.concurrent('R-ESC-3: undo leaves nothing behind', async ({ expect }) => {
  const { id, question, repositoryPath } = await red();
  await questions().answer(question.id, 'undo');
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled', escalation: null });
  expect(await branches(repositoryPath)).toEqual(['main']);
  expect(existsSync(worktreeOf(id))).toBe(false);
  expect(await ground.opened.moose.undoPlan(id)).toEqual([]);
});

test.concurrent('R-ESC-3: a refused push is retried from that step, or the work order is cancelled', async ({
  expect,
}) => {
  const repositoryPath = await makeRepository(join(ground.directory, crypto.randomUUID()));
  const origin = await giveOrigin(repositoryPath);
  await refusePushes(origin, 'No pushes on Fridays.');
  const [first, second] = [await ground.submit({ repositoryPath }), await ground.submit({ repositoryPath })];
  for (const { id } of [first, second])
    expect(await ground.settled(id)).toMatchObject({ status: 'needs_review', step: 'creating_pr' });
  const question = await questions().one(first.id);
  expect(idsOf(question)).toEqual(['retry', 'undo', 'cancel']);
  expect(question).toMatchObject({ recommended: 'retry', options: [{ cost_usd: 0 }, {}, {}] });
  await letPushes(origin);
  await questions().answer(first.id, 'retry');
  expect(await ground.settled(first.id)).toMatchObject({ status: 'completed' });
  await questions().answer(second.id, 'cancel');
  const cancelled = await ground.settled(second.id);
  expect(cancelled).toMatchObject({ status: 'cancelled' });
  expect(await branches(repositoryPath)).toContain(cancelled.branch);
});

test.concurrent('R-ESC-3, R-PIPE-12: a work order whose limit is raised as suggested completes', async ({
  expect,
}) => {
  const { id } = await ground.submit({ limitNanoUsd: 1_000n });
  expect(await ground.settled(id)).toMatchObject({ failure: { code: 'BUDGET_EXCEEDED' } });
  const question = await questions().one(id);
  expect(question.recommended).toBe('raise_limit');
  expect(idsOf(question)).not.toContain('retry');
  await expect(questions().answer(id, 'raise_limit', { always: true })).rejects.toMatchObject({
    code: 'ANSWER_NOT_A_POLICY',
  });
  await questions().answer(id, 'raise_limit');
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  const { limitNanoUsd, costNanoUsd } = await ground.opened.moose.find(id);
  expect(limitNanoUsd ?? 0n).toBeGreaterThan(costNanoUsd);
  await expect(ground.opened.moose.retry(id, { limitNanoUsd: 1n })).rejects.toMatchObject({
    isMooseError: true,
  });
});

test.concurrent('R-ESC-3: an agent that ran out of time gets more time, and completes', async ({
  expect,
}) => {
  const { id } = await ground.submit({
    agent: 'claude-code',
    description: 'Behave: slow once',
    timeLimitMs: 8_000,
    checks: [{ kind: 'test', command: check, source: 'given' }],
  });
  expect(await ground.settled(id)).toMatchObject({ failure: { code: 'AGENT_TIMED_OUT' } });
  expect(idsOf(await questions().one(id))).toContain('raise_limit');
  await questions().answer(id, 'raise_limit');
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  expect((await ground.opened.moose.find(id)).timeLimitMs).toBe(16_000);
});

test.concurrent('R-ESC-4: a standing answer answers the next question by itself, until it is revoked', async ({
  expect,
}) => {
  const { id, question, repositoryPath } = await red();
  await questions().answer(question.id, 'model:scripted/standard', { always: true });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  const next = await ground.submit({
    repositoryPath,
    checks: [{ kind: 'test', command: check, source: 'given' }],
    answer: ({ model, attempt }) =>
      writes('greeting.txt', model === 'standard' ? 'Bonjour encore\n' : `Hello ${attempt}\n`),
  });
  await expect.poll(async () => (await ground.opened.moose.view(next.id)).status).toBe('completed');
  expect(await ground.opened.moose.show(next.id)).toMatchObject({ run: 2, escalation: null });
  const projectOf = (await ground.opened.moose.view(next.id)).project;
  const policy = (await questions().policies()).find(({ project }) => project === projectOf);
  expect(policy).toMatchObject({ option: 'model:scripted/standard', code: 'CHECK_FAILED', uses: 1 });
  const [asked] = (await questions().list({ all: true })).filter(
    ({ work_order }) => work_order?.id === next.id,
  );
  expect(asked).toMatchObject({ status: 'resolved', resolved_by: `moose:policy:${policy?.id}` });
  const decisions = (await ground.opened.moose.show(next.id)).decisions;
  expect(decisions.filter(({ agent_type }) => agent_type === 'answer_policy')).toHaveLength(1);
  await questions().revokePolicy(shortId(policy?.id ?? ''));
  await red({ repositoryPath });
});

test.concurrent('R-ESC-4, R-PIPE-12: fear: a standing answer and a permanent failure loop forever', async ({
  expect,
}) => {
  const repositoryPath = await makeRepository(join(ground.directory, crypto.randomUUID()));
  // A failure class that the other tests do not use: repeated failures would lower the chances of their options.
  const command = `echo "src/a.ts(3,7): error TS2322: Type 'x' is not assignable to type 'y'."; exit 1`;
  const never = { kind: 'typecheck', command, source: 'given' } as const;
  const first = await ground.submit({ repositoryPath, checks: [never] });
  await ground.settled(first.id);
  await questions().answer(first.id, 'refine', { note: 'Think again.', always: true });
  expect(await ground.settled(first.id)).toMatchObject({ status: 'needs_review' });
  const asked = (await questions().list({ all: true })).filter(
    ({ work_order, resolved_by }) => work_order?.id === first.id && resolved_by?.startsWith('moose:policy:'),
  );
  expect(asked.length).toBeLessThanOrEqual(3);
  expect(await questions().one(first.id)).toMatchObject({ status: 'open' });
  const project = (await ground.opened.moose.view(first.id)).project;
  const policy = (await questions().policies()).find((each) => each.project === project);
  await questions().revokePolicy(policy?.id ?? '');
});

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});

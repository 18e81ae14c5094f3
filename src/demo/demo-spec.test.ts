import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { compareContract } from '../compatibility/compare-contract.ts';
import { proposalSchema } from '../domain/agents/proposal.ts';
import { layersOf } from '../domain/plan/plan-graph.ts';
import { problemsOf } from '../domain/plan/plan-problems.ts';
import { demoPlan, demoSpec, demoSpecScript } from './demo-spec.ts';
import { createScratchRepository } from './scratch-repository.ts';
import type { ScriptedAnswer } from './scripted-answer.ts';

async function answerTo(title: string, attempt: number): Promise<ScriptedAnswer> {
  return demoSpecScript({ title, attempt, workOrderId: null, system: '', prompt: '', model: 'light' });
}

async function editsOf(title: string, attempt: number) {
  return proposalSchema.parse(await answerTo(title, attempt)).edits;
}

async function written(title: string, attempt: number, wanted: string): Promise<string> {
  const edit = (await editsOf(title, attempt)).find(({ path }) => path === wanted);
  return edit?.kind === 'write' ? edit.content : '';
}

test('R-SPEC-1: the plan of the demo is valid: four work orders with dependencies and a contract', async () => {
  expect(problemsOf(demoPlan, () => false)).toEqual([]);
  expect(layersOf(demoPlan.work_orders).layers).toEqual([['line'], ['total', 'text'], ['pages']]);
  expect(demoPlan.contracts).toHaveLength(1);
  expect(await answerTo(`Plan: ${demoSpec.name}`, 1)).toEqual({ raw: JSON.stringify(demoPlan) });
  expect(await answerTo('Write a compiler', 1)).toMatchObject({ status: 400 });
});

test('the checks pass with all last answers, in the order of the plan', async () => {
  const path = await mkdtemp(join(tmpdir(), 'moose-demo-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  await createScratchRepository(path);
  for (const { title } of demoPlan.work_orders)
    for (const edit of await editsOf(title, 9)) {
      if (edit.kind !== 'write') throw new Error('The demo of a spec only writes files');
      await mkdir(dirname(join(path, edit.path)), { recursive: true });
      await writeFile(join(path, edit.path), edit.content);
    }
  for (const args of [['--test', '--test-isolation=none'], ['scripts/lint.js']])
    await promisify(execFile)(process.execPath, args, { cwd: path, env: { PATH: process.env.PATH } });
});

test('R-SPEC-3: the first answer of one work order breaks the contract, and its second one does not', async () => {
  const [contract] = demoPlan.contracts;
  const [provider, , user] = demoPlan.work_orders;
  if (!contract || !provider || !user) throw new Error('The plan is not what it was');
  const before = await written(provider.title, 1, contract.path);
  expect(await written(user.title, 2, contract.path)).toBe(before);
  const broken = await written(user.title, 1, contract.path);
  const file = (text: string) => ({ path: contract.path, text });
  const compared = await compareContract('json_schema', { before: file(before), after: file(broken) });
  expect(JSON.stringify(compared)).toContain('cents');
  expect(compared).toMatchObject({ is: 'compared', breaking: expect.arrayContaining([expect.anything()]) });
});

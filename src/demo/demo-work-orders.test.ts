import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type Proposal, proposalSchema } from '../domain/agents/proposal.ts';
import { assess } from '../engine/policy/assess.ts';
import { defaultAssessmentPolicy } from '../engine/policy/assessment-policy.ts';
import { findJsonObject } from '../models/json-object.ts';
import { demoScript, demoWorkOrders } from './demo-work-orders.ts';
import { createScratchRepository } from './scratch-repository.ts';
import type { ScriptedAnswer } from './scripted-answer.ts';

const made: string[] = [];
afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));

async function freshCopy(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'moose-demo-'));
  made.push(path);
  await createScratchRepository(path);
  return path;
}

const titles = demoWorkOrders.map(({ title }) => title);
const [mendBug = '', addFeature = '', refine = '', garbleFirst = '', skipTest = '', hardStop = ''] = titles;
/** More attempts than any script has answers. */
const lastAttempt = 9;

async function answerTo(title: string, attempt: number): Promise<ScriptedAnswer> {
  return demoScript({ title, attempt, workOrderId: null, system: '', prompt: '', model: 'light' });
}

/** Whether an answer contains edits, and is not a failure. */
const isProposal = (answer: ScriptedAnswer): answer is Proposal => 'plan' in answer;

async function proposalFor(title: string, attempt: number): Promise<Proposal> {
  const answer = await answerTo(title, attempt);
  if (!isProposal(answer)) {
    throw new Error(`${title}, attempt ${attempt}, is no proposal`);
  }
  return proposalSchema.parse(answer);
}

async function apply(path: string, { edits }: Proposal): Promise<void> {
  for (const edit of edits) {
    const file = join(path, edit.path);
    if (edit.kind === 'write') {
      await writeFile(file, edit.content);
    } else if (edit.kind === 'replace') {
      const parts = (await readFile(file, 'utf8')).split(edit.search);
      expect(parts, `${edit.search} occurs once in ${edit.path}`).toHaveLength(2);
      await writeFile(file, parts.join(edit.replace));
    } else {
      throw new Error('The demo deletes nothing');
    }
  }
}

function run(path: string, ...args: string[]): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH };
    execFile(process.execPath, args, { cwd: path, env, timeout: 30_000 }, (failure, stdout, stderr) => {
      resolve({ exitCode: failure ? Number(failure.code ?? -1) : 0, output: stdout + stderr });
    });
  });
}

/** Like `npm test`, but in one process, because starting a process for each test file takes most of the time. */
const quickTests = ['--test', '--test-isolation=none'];

async function expectGreen(path: string, tests = quickTests): Promise<void> {
  for (const args of [tests, ['scripts/lint.js']]) {
    expect(await run(path, ...args)).toMatchObject({ exitCode: 0 });
  }
}

test('the checks of the scratch repository pass, it is the same each time, and it never overwrites anything', async () => {
  const path = await freshCopy();
  await expectGreen(path);
  const again = await mkdtemp(join(tmpdir(), 'moose-demo-'));
  made.push(again);
  const { headSha } = await createScratchRepository(again);
  expect(await readFile(join(path, '.git/refs/heads/main'), 'utf8')).toBe(`${headSha}\n`);
  await expect(createScratchRepository(path)).rejects.toMatchObject({ code: 'DEMO_DIRECTORY_NOT_EMPTY' });
});

test.each(titles)('the last answer applies to a fresh copy, on which the checks pass: %s', async (title) => {
  const path = await freshCopy();
  await apply(path, await proposalFor(title, lastAttempt));
  await expectGreen(path);
});

test('the checks also pass with all of them together, and no two touch the same file', async () => {
  const path = await freshCopy();
  const proposals = await Promise.all(titles.map((title) => proposalFor(title, lastAttempt)));
  for (const proposal of proposals) {
    await apply(path, proposal);
  }
  await expectGreen(path, ['--test']);
  const touched = proposals.flatMap(({ edits }) => [...new Set(edits.map((edit) => edit.path))]);
  expect(new Set(touched).size).toBe(touched.length);
});

test('there is one bug, and it is fixed by one edit', async () => {
  const path = await freshCopy();
  const source = join(path, 'src/money.js');
  const before = await import(`${pathToFileURL(source)}?before`);
  expect(before.splitBill(1000, 3)).toEqual([333, 333, 333]);
  const proposal = await proposalFor(mendBug, 1);
  expect(proposal.edits).toHaveLength(1);
  await apply(path, proposal);
  const after = await import(`${pathToFileURL(source)}?after`);
  expect(after.splitBill(1000, 3)).toEqual([334, 333, 333]);
});

test('the feature adds a file and its tests', async () => {
  const { edits } = await proposalFor(addFeature, 1);
  expect(edits.map(({ path }) => path)).toEqual(['src/slug.js', 'test/slug.test.js']);
});

test('the first answer really fails the tests, and the second one fixes it', async () => {
  const path = await freshCopy();
  await apply(path, await proposalFor(refine, 1));
  const { exitCode, output } = await run(path, ...quickTests);
  expect(exitCode).toBe(1);
  expect(output).toContain('what is not a duration is refused');
  await apply(path, await proposalFor(refine, 2));
  await expectGreen(path);
});

test('the first answer of the cheat passes the checks, and skips a test that it breaks', async () => {
  const path = await freshCopy();
  await apply(path, await proposalFor(skipTest, 1));
  await expectGreen(path);
  const file = join(path, 'test/receipt.test.js');
  await writeFile(file, (await readFile(file, 'utf8')).replace('test.skip', 'test'));
  expect(await run(path, ...quickTests)).toMatchObject({ exitCode: 1 });
});

test('the first answer to another order is not JSON, the second one is', async () => {
  const first = await answerTo(garbleFirst, 1);
  expect(findJsonObject('raw' in first ? first.raw : '', proposalSchema)).toHaveProperty('problem');
  expect(isProposal(await answerTo(garbleFirst, 2))).toBe(true);
});

test('only one order requires the strongest model (R-PIPE-3)', () => {
  const strong = demoWorkOrders.filter(
    (order) =>
      assess({ ...order, files: { pathCount: 12 }, policy: defaultAssessmentPolicy }).tier === 'strong',
  );
  expect(strong.map(({ title }) => title)).toEqual([hardStop]);
});

test('a work order that is not the demo’s is refused with a reason', async () => {
  expect(await answerTo('Write a compiler', 1)).toMatchObject({ status: 400 });
});

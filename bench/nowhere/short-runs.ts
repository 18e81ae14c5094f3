// The same variants without sessions, worktrees and gateway: the real check runs on the model's output, with the step
// results that the pipeline would store. `npm run bench -- nowhere` compares some with whole runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classifyCheck } from '../../src/classifier/classify.ts';
import type { CheckResult } from '../../src/domain/check.ts';
import { featuresOf } from '../../src/domain/nowhere/features.ts';
import { attemptFactsOf, type StoredResult } from '../../src/engine/watch/attempt-facts.ts';
import type { LabelledRun } from './labelled-runs.ts';
import { checkOf, contentOf, movesOf, type Variant } from './variants.ts';

/** The mean cost of the whole runs, because no call is billed here. */
const costPerAnswerUsd = 0.0021;

export function shortRun(variant: Variant): LabelledRun {
  const directory = mkdtempSync(join(tmpdir(), 'moose-variant-'));
  try {
    return runIn(directory, variant);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function runIn(directory: string, variant: Variant): LabelledRun {
  const { seed, behaviour, cyclesMax } = variant;
  const moves = movesOf(variant, cyclesMax);
  const attempts: ReturnType<typeof attemptFactsOf>[] = [];
  const cycles: LabelledRun['cycles'][number][] = [];
  let costUsd = 0;
  for (const [cycle, { uselessAnswers }] of moves.entries()) {
    costUsd += costPerAnswerUsd * (1 + uselessAnswers);
    const content = contentOf(variant, cycle);
    writeFileSync(join(directory, 'work.txt'), content);
    const check = checkIn(directory, variant);
    if (check.passed) return { seed, behaviour, cyclesMax, endsWell: true, costUsd, cycles };
    attempts.push(attemptFactsOf(resultsOf(content, 1 + uselessAnswers, check)));
    const features = featuresOf({ attempts, cyclesMax, spentShare: 0 });
    cycles.push({ features, costUsd });
  }
  return { seed, behaviour, cyclesMax, endsWell: false, costUsd, cycles };
}

function checkIn(directory: string, variant: Variant): CheckResult {
  const command = checkOf(variant);
  const { status, stdout } = spawnSync('sh', ['-c', command], { cwd: directory, encoding: 'utf8' });
  const ended = { exitCode: status, signal: null, stoppedBecause: null, durationMs: 1 };
  return { kind: 'test', command, passed: status === 0, ...ended, outputTail: stdout };
}

function resultsOf(content: string, answers: number, check: CheckResult): StoredResult[] {
  const proposal = { plan: 'p', edits: [{ kind: 'write' as const, path: 'work.txt', content }], risks: [] };
  const { failureClass, context } = classifyCheck(check);
  const summary = `The test check \`${check.command}\` ended with exit code ${check.exitCode}.`;
  return [
    { proposal, attempts: answers },
    { outcome: 'changed' },
    { checks: [check], feedback: { summary, output: check.outputTail, failureClass, context } },
  ];
}

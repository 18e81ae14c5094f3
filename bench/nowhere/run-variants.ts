// Runs the variants through a whole Moose with the scripted model, and reads what Moose recorded.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { startWorker } from '../../src/app/carry.ts';
import { type Opened, openMoose } from '../../src/app/compose.ts';
import { readConfig } from '../../src/app/config/config.ts';
import { createScratchRepository } from '../../src/demo/scratch-repository.ts';
import type { ScriptedAnswer, ScriptedRequest } from '../../src/demo/scripted-answer.ts';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import type { Features } from '../../src/domain/nowhere/features.ts';
import { scriptedModels } from '../../src/models/prices.ts';
import type { LabelledRun } from './labelled-runs.ts';
import { checkOf, contentOf, movesOf, type Variant, variantOf } from './variants.ts';

const atOnce = 12;
const settledMsMax = 600_000;

interface Options {
  signal: AbortSignal;
  note(line: string): void;
  /** Called with all runs so far after each run, because the whole takes long. */
  keep(runs: readonly LabelledRun[]): void;
}

export async function runVariants(count: number, { signal, note, keep }: Options): Promise<LabelledRun[]> {
  const data = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-')));
  const asked = new Map<number, Given>();
  const provider = await startScriptedProvider({ script: (request) => answerTo(request, asked) });
  try {
    const { PATH, HOME, TMPDIR } = process.env;
    const config = readConfig(
      {
        PATH,
        HOME,
        TMPDIR,
        MOOSE_SCRIPTED_BASE_URL: provider.baseUrl,
        MOOSE_MODELS: Object.values(scriptedModels).join(','),
        MOOSE_AGENT: 'patch',
        MOOSE_LOG_LEVEL: 'error',
      },
      { data },
    );
    const opened = await openMoose(config, signal);
    const { path } = await createScratchRepository(join(data, 'till'), signal);
    const worker = await startWorker(opened, config, (error) => {
      throw error;
    });
    try {
      await allow(opened);
      return await runAll(opened, path, count, { signal, note, keep });
    } finally {
      await worker.close();
      await opened.close();
    }
  } finally {
    await provider.stop();
    await rm(data, { recursive: true, force: true });
  }
}

/** Lets every run continue to its last cycle, so that the end of runs that would be stopped is known. */
async function allow({ moose }: Opened): Promise<void> {
  const { settings } = moose;
  for (const [key, value] of [
    ['settings.limits.equal_failures', 100],
    ['settings.limits.model_attempts', 5],
    ['settings.policies.pause_early', 'warn'],
    ['settings.limits.without_progress_agent_runs', 100],
    ['settings.limits.without_progress_model_calls', 400],
  ] as const)
    await settings.change(key, { value });
}

async function runAll(
  opened: Opened,
  repositoryPath: string,
  count: number,
  { signal, note, keep }: Options,
): Promise<LabelledRun[]> {
  const variants = Array.from({ length: count }, (_, index) => variantOf(index + 1));
  const runs: LabelledRun[] = [];
  for (const [cyclesMax, group] of Map.groupBy(variants, (variant) => variant.cyclesMax)) {
    await opened.moose.settings.change('settings.limits.refinement_cycles', { value: cyclesMax });
    const waiting = [...group];
    const carry = async () => {
      for (let variant = waiting.shift(); variant; variant = waiting.shift()) {
        signal.throwIfAborted();
        runs.push(await runOne(opened, repositoryPath, variant));
        if (runs.length % 20 === 0) note(`${runs.length} of ${count} runs`);
        keep(runs);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, carry));
  }
  return runs.sort((a, b) => a.seed - b.seed);
}

async function runOne(
  { moose, database }: Opened,
  repositoryPath: string,
  variant: Variant,
): Promise<LabelledRun> {
  const checks = [{ kind: 'test' as const, command: checkOf(variant), source: 'given' }];
  const { order } = await moose.submit({ title: `Variant ${variant.seed}`, repositoryPath, checks });
  const wait = { signal: AbortSignal.timeout(settledMsMax), onEvent: () => undefined };
  await moose.follow(order, wait);
  const { status } = await moose.find(order.id);
  const scores = await database.query
    .selectFrom('runScores')
    .selectAll()
    .where('workOrderId', '=', order.id)
    .orderBy('cycle')
    .execute();
  const { rows } = await sql<{ cost: bigint }>`select coalesce(sum(actual_nano_usd), 0)::bigint as cost
    from cost_tracking where work_order_id = ${order.id} and type = 'actual'`.execute(database.query);
  const { seed, behaviour, cyclesMax } = variant;
  return {
    seed,
    behaviour,
    cyclesMax,
    endsWell: status === 'completed',
    costUsd: Number(rows[0]?.cost ?? 0n) / 1e9,
    cycles: scores.map(({ features, costNanoUsd }) => ({
      features: features as Features,
      costUsd: Number(costNanoUsd) / 1e9,
    })),
  };
}

interface Given {
  /** The number of useful answers so far: each starts another cycle. */
  useful: number;
  useless: number;
}

/** The first answers of a cycle may be useless. */
function answerTo({ title }: ScriptedRequest, asked: Map<number, Given>): ScriptedAnswer {
  const variant = variantOf(Number(title?.replace('Variant ', '')));
  const { useful: cycle, useless } = asked.get(variant.seed) ?? { useful: 0, useless: 0 };
  const move = movesOf(variant, cycle)[cycle];
  if (useless < (move?.uselessAnswers ?? 0)) {
    asked.set(variant.seed, { useful: cycle, useless: useless + 1 });
    return { raw: 'I cannot say.' };
  }
  asked.set(variant.seed, { useful: cycle + 1, useless: 0 });
  const content = contentOf(variant, cycle);
  return { plan: `Cycle ${cycle}`, edits: [{ kind: 'write', path: 'work.txt', content }], risks: [] };
}

// The whole pipeline on a scratch repository, with a scripted model, failures among it: what a newcomer sees first.
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Face } from '../cli/face.ts';
import { paint } from '../cli/face.ts';
import { type Opened, openMoose, startWorker } from '../compose.ts';
import { readConfig } from '../config.ts';
import { shortId } from '../domain/ids.ts';
import { describeEvent } from '../engine/monitor/describe-event.ts';
import type { WorkOrderDetail } from '../engine/monitor/show.ts';
import { runGit } from '../git/run-git.ts';
import { scriptedModels } from '../models/prices.ts';
import { demoScript, demoWorkOrders } from './demo-work-orders.ts';
import { createScratchRepository } from './scratch-repository.ts';
import { startScriptedProvider } from './scripted-provider.ts';

export interface DemoOptions {
  face: Face;
  data?: string;
  signal: AbortSignal;
}

export interface DemoResult {
  document: Record<string, unknown>;
  lines: string[];
  holds: boolean;
}

export async function runDemo({ face, data, signal }: DemoOptions): Promise<DemoResult> {
  const startedMs = performance.now();
  const base = readConfig(process.env, data ? { data } : {});
  const dataDirectory = data ? base.dataDirectory : join(base.dataDirectory, 'demo');
  await mkdir(dataDirectory, { recursive: true });
  const provider = await startScriptedProvider({ script: demoScript });
  try {
    // The demo has a database of its own: it never meets real work.
    const demo = readConfig(
      { ...process.env, DATABASE_URL: undefined, MOOSE_MODELS: Object.values(scriptedModels).join(','), MOOSE_SCRIPTED_BASE_URL: provider.baseUrl, MOOSE_AGENT: 'patch' },
      { data: dataDirectory },
    );
    face.note('The answers below come from a scripted model: no key is needed, and nobody is paid.');
    const repository = await createScratchRepository(join(await mkdtemp(join(dataDirectory, 'scratch-')), 'till'), signal);
    face.note(`Scratch repository: ${repository.path}`);
    const opened = await openMoose(demo, signal);
    try {
      const lost = new AbortController();
      const worker = await startWorker(opened, demo, (error) => lost.abort(error));
      try {
        const details = await workThrough(opened, repository.path, face, AbortSignal.any([signal, lost.signal]));
        return await report(details, repository.path, dataDirectory, performance.now() - startedMs);
      } finally {
        await worker.close();
      }
    } finally {
      await opened.close();
    }
  } finally {
    await provider.stop();
  }
}

async function workThrough({ moose }: Opened, repositoryPath: string, face: Face, signal: AbortSignal): Promise<WorkOrderDetail[]> {
  const submitted = [];
  for (const { title, description, acceptance } of demoWorkOrders) {
    const { order } = await moose.submit({ title, description, acceptance, repositoryPath });
    submitted.push(order);
    face.note(`${paint('cyan', shortId(order.id))} submitted: ${title}`);
  }
  await Promise.all(
    submitted.map((order) =>
      moose.follow(order, { signal, onEvent: (event) => face.note(`${paint('cyan', shortId(order.id))} ${describeEvent(event)}`) }),
    ),
  );
  return Promise.all(submitted.map((order) => moose.show(order.id)));
}

async function report(details: readonly WorkOrderDetail[], repositoryPath: string, dataDirectory: string, ms: number): Promise<DemoResult> {
  const { stdout } = await runGit(repositoryPath, ['log', '--oneline', '--decorate', '--all', '--', '.']);
  const isCompleted = details.every(({ status }) => status === 'completed');
  const refined = details.filter(({ counters }) => counters.refinement_cycles > 0);
  const seconds = Number((ms / 1_000).toFixed(1));
  const document = {
    name: 'demo',
    ok: isCompleted,
    is_scripted: true,
    seconds,
    repository: repositoryPath,
    data: dataDirectory,
    completed: details.filter(({ status }) => status === 'completed').length,
    refined: refined.length,
    cost_usd: details.reduce((sum, { cost_usd }) => sum + cost_usd, 0),
    work_orders: details.map(({ id, title, project, status, step, step_state, failure_class, run, branch, pull_request, cost_usd, created_at, updated_at, explain, counters, errors }) => ({
      ...{ id, title, project, status, step, step_state, failure_class, run, branch, pull_request, cost_usd, created_at, updated_at, explain },
      refinement_cycles: counters.refinement_cycles,
      errors: errors.map(({ type, failure_class: failureClass, recovery_strategy: recovery }) => ({ type, failure_class: failureClass, recovery })),
    })),
  };
  const first = details[0];
  const lines = [
    '',
    ...details.map((one) => `${one.status === 'completed' ? paint('green', '✓') : paint('red', '✗')} ${shortId(one.id)}  ${one.title}${what(one)}`),
    '',
    `${document.completed} of ${details.length} work orders completed in ${seconds} s, with a scripted model.`,
    `git -C ${repositoryPath} log --oneline --all`,
    ...stdout.trim().split('\n').map((line) => `  ${line}`),
    '',
    ...(first ? [`Look closer:  npm run moose -- --data ${dataDirectory} show ${shortId(first.id)}`] : []),
    'Real work:    npm run moose -- up',
  ];
  return { document, lines, holds: isCompleted };
}

function what({ counters, errors }: WorkOrderDetail): string {
  if (counters.refinement_cycles > 0) return paint('yellow', `  (failed its checks at first, was told why, and mended it)`);
  return errors.length > 0 ? paint('yellow', `  (${errors.map(({ type }) => type).join(', ')}; recovered)`) : '';
}

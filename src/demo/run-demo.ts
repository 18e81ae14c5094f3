// Runs the whole pipeline on a scratch repository with a scripted model, including failures: the first thing that a
// newcomer sees.

import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenMoose } from '../cli/context.ts';
import { rememberData } from '../cli/terminal/as-called.ts';
import type { Printer } from '../cli/terminal/printer.ts';
import type { Moose } from '../engine/moose.ts';
import type { DemoGround } from './demo-ground.ts';
import { type DemoResult, type DemoWork, reportDemo } from './demo-report.ts';
import { demoSpecScript } from './demo-spec.ts';
import { openDemoView } from './demo-view.ts';
import { demoScript, demoWorkOrders } from './demo-work-orders.ts';
import { scratchPrefix } from './only-demos.ts';
import { runSpec } from './run-spec.ts';
import { createScratchRepository } from './scratch-repository.ts';
import { startScriptedProvider } from './scripted-provider.ts';

export interface DemoOptions {
  printer: Printer;
  /** A data directory for the demo only, so that it never touches real work. */
  dataDirectory: string;
  /** How the person called Moose. */
  calledAs: string;
  signal: AbortSignal;
  /** Plans a spec and runs its plan, instead of single work orders. */
  isSpec: boolean;
  /** Prints each event, also at a terminal. */
  isVerbose: boolean;
  /** A Moose that calls only the scripted provider, and works until it is closed. */
  open(
    scriptedBaseUrl: string,
    onLost: (error: Error) => void,
  ): Promise<Pick<OpenMoose, 'ground' | 'close'> & { moose: Moose }>;
}

export async function runDemo({
  printer,
  dataDirectory,
  calledAs,
  signal,
  isSpec,
  isVerbose,
  open,
}: DemoOptions): Promise<DemoResult> {
  const startedMs = performance.now();
  rememberData(dataDirectory);
  await mkdir(dataDirectory, { recursive: true, mode: 0o711 });
  const provider = await startScriptedProvider({ script: isSpec ? demoSpecScript : demoScript });
  try {
    printer.note('The answers below come from a scripted model: no key is needed, and nothing is spent.');
    const lost = new AbortController();
    const opened = await open(provider.baseUrl, (error) => lost.abort(error));
    try {
      const scratch = join(await mkdtemp(join(dataDirectory, scratchPrefix)), 'till');
      const repository = await createScratchRepository(scratch, signal);
      printer.note(`Scratch repository: ${repository.path}`);
      const stop = AbortSignal.any([signal, lost.signal]);
      const view = openDemoView(printer, isVerbose);
      try {
        const given = { moose: opened.moose, repositoryPath: repository.path, printer, view, signal: stop };
        const { details, spec } = isSpec ? await runSpec(given) : await workThrough(given);
        const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(1));
        return reportDemo({
          details,
          spec,
          repositoryPath: repository.path,
          dataDirectory,
          calledAs,
          seconds,
          isShown: view.isTable,
        });
      } finally {
        view.close();
      }
    } finally {
      await opened.close();
    }
  } finally {
    await provider.stop();
  }
}

async function workThrough({ moose, repositoryPath, view, signal }: DemoGround): Promise<DemoWork> {
  const submitted = [];
  for (const { title, description, acceptance } of demoWorkOrders) {
    const { order } = await moose.submit({ title, description, acceptance, repositoryPath });
    submitted.push(order);
    view.submitted(order);
  }
  const details = await Promise.all(
    submitted.map(async (order) => {
      await moose.follow(order, { signal, onEvent: (event) => view.happened(order, event) });
      const detail = await moose.show(order.id);
      view.ended(detail);
      return detail;
    }),
  );
  return { details, spec: null };
}

// `moose demo --fault`: the demo's work on a scratch instance with a worker of its own, which is injured
// meanwhile. It serves Mission Control, so that people can watch and press the buttons.
import { once } from 'node:events';
import { join } from 'node:path';
import { serve } from '../../src/app/serve.ts';
import type { FaultDemoOptions, FaultDemoResult } from '../../src/cli/context.ts';
import { type DemoView, openDemoView } from '../../src/demo/demo-view.ts';
import { demoScript, demoWorkOrders } from '../../src/demo/demo-work-orders.ts';
import { createScratchRepository } from '../../src/demo/scratch-repository.ts';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { shortId } from '../../src/domain/ids.ts';
import type { EventRow } from '../../src/engine/views/work-order/describe-event.ts';
import { type Instance, openInstance, type Submitted } from '../instance.ts';
import { chaosScript } from '../work.ts';
import { demoFaults, findInjury } from './demo-faults.ts';
import { createInjuries, type Injuries } from './injuries.ts';
import { faultLines, faultListLines, narrator } from './report-faults.ts';

const titles: ReadonlySet<string> = new Set(demoWorkOrders.map(({ title }) => title));

/** The demo's own work, and that of the scripted agent. */
const script: Script = (request) =>
  titles.has(request.title ?? '') ? demoScript(request) : chaosScript(request);

export async function runFaultDemo(options: FaultDemoOptions): Promise<FaultDemoResult> {
  const { faults, printer, version, signal, isServed } = options;
  if (faults.includes('list'))
    return { document: [...demoFaults], lines: faultListLines(demoFaults), holds: true };
  for (const name of faults) findInjury(name);
  const startedMs = performance.now();
  printer.note('The answers below come from a scripted model: no key is needed, and nothing is spent.');
  const instance = await openInstance(options.data, signal, { roles: ['worker'], script, actor: 'demo' });
  const view = openDemoView(printer, options.isVerbose);
  try {
    const tillPath = join(instance.root, 'till');
    await createScratchRepository(tillPath, signal);
    const onSubmitted = followerOf(instance, view, options);
    const injuries = createInjuries({ instance, tillPath }, { report: narrator(printer.note), onSubmitted });
    const { opened, config } = instance;
    const serving = await serve(opened, config, { version, worker: () => null, demo: injuries });
    try {
      printAddress(options, serving);
      for (const name of faults) await injuries.run(name);
      if (isServed) await untilStopped(options, injuries);
    } finally {
      await serving.close();
    }
    const strikes = [...injuries.strikes()];
    const holds = strikes.every(({ state }) => state === 'recovered' || state === 'asked');
    const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(1));
    const lines = ['', ...faultLines(strikes), '', `That took ${seconds} s, with a scripted model.`];
    return { document: { name: 'demo', ok: holds, is_scripted: true, seconds, strikes }, lines, holds };
  } finally {
    view.close();
    await instance.close();
  }
}

/** Follows each work order, as the plain demo does. */
function followerOf({ moose }: Instance, view: DemoView, { printer, signal }: FaultDemoOptions) {
  const follow = async (order: Submitted) => {
    const onEvent = (event: EventRow) => view.happened(order, event);
    await moose.follow(await moose.find(order.id), { signal, onEvent });
    view.ended(await moose.show(order.id));
  };
  return (order: Submitted): void => {
    view.submitted(order);
    follow(order).catch((error: unknown) => {
      // The demo ended before its work.
      if (!signal.aborted) printer.note(`${shortId(order.id)} cannot be followed: ${error}`);
    });
  };
}

function printAddress(
  { printer, isServed }: FaultDemoOptions,
  serving: { url: string; signInUrl: string; tokenPath: string | null },
): void {
  if (isServed)
    printer.stream({ event: 'demo.listening', url: serving.url, token_path: serving.tokenPath }, () =>
      [
        `The demo listens at ${serving.url}/demo, with a button for each fault.`,
        `The sign-in token is in ${serving.tokenPath}. Ctrl-C ends the demo and deletes it.`,
      ].join('\n'),
    );
  else printer.note(`Mission Control of the demo: ${serving.url}  (token in ${serving.tokenPath})`);
  if (printer.isTerminal && !printer.isJson) printer.printSecret(null, `Open ${serving.signInUrl}`);
}

/** It ends with Ctrl-C, which also interrupts a current fault. */
async function untilStopped({ signal }: FaultDemoOptions, injuries: Injuries): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
  await injuries.settled().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

// Stores the demo's spec, has it planned, approves the plan, and follows its work orders until none can move.
import { setTimeout as sleep } from 'node:timers/promises';
import { paint } from '../cli/terminal/printer.ts';
import type { SpecRun, WorkOrderRecord } from '../contract/contract.ts';
import { shortId } from '../domain/ids.ts';
import type { Moose } from '../engine/moose.ts';
import type { EventRow } from '../engine/views/work-order/describe-event.ts';
import type { DemoGround } from './demo-ground.ts';
import type { DemoWork } from './demo-report.ts';
import { demoSpec } from './demo-spec.ts';

const askEveryMs = 250;

export async function runSpec(ground: DemoGround): Promise<DemoWork> {
  const { moose, repositoryPath, printer, signal } = ground;
  const { project } = await moose.projects.add({ repository: repositoryPath });
  const { id, name, estimate } = await moose.specs.upload({ ...demoSpec, project: project.name });
  const { low, high } = estimate.work_orders;
  printer.note(`${paint('cyan', shortId(id))} spec stored: ${name}, ${low} to ${high} work orders expected`);
  await moose.specs.plan(id);
  await planned(moose, id, signal);
  const { version, plan, layers } = await moose.specs.planOf(id);
  printer.note(`${paint('cyan', shortId(id))} planned: ${layers.map((keys) => keys.join(', ')).join(' → ')}`);
  for (const { name: contract, provider, users } of plan.contracts)
    printer.note(
      `${paint('cyan', shortId(id))} contract: ${contract}, by ${provider} for ${users.join(', ')}`,
    );
  await moose.specs.run(id, { plan: version });
  const { run, details } = await followRun(ground, id);
  return { details, spec: { id, name, summary: run.summary.text } };
}

async function planned(moose: Moose, id: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const planning = await moose.specs.planning(id);
    if (planning && planning.ended_at !== null) return;
    await sleep(askEveryMs, undefined, { signal });
  }
}

/** Follows each work order from its start: one that waits for others has no run yet. */
async function followRun(
  ground: DemoGround,
  specId: string,
): Promise<{ run: SpecRun; details: WorkOrderRecord[] }> {
  const { moose, view, signal } = ground;
  const followed = new Map<string, Promise<WorkOrderRecord>>();
  for (;;) {
    const run = await moose.specs.runOf(specId);
    if (run === null) throw new TypeError('An approved spec has a run');
    for (const order of run.work_orders) {
      view.submitted({ ...order, label: order.key }, `waiting for ${order.depends_on.join(', ')}`);
      if (order.is_started && !followed.has(order.id)) followed.set(order.id, follow(ground, order));
    }
    if (run.state !== 'running') {
      await Promise.all(followed.values());
      return { run, details: await Promise.all(run.work_orders.map(({ id }) => moose.show(id))) };
    }
    await sleep(askEveryMs, undefined, { signal });
  }
}

async function follow(
  { moose, view, signal }: DemoGround,
  { id, key, title }: SpecRun['work_orders'][number],
): Promise<WorkOrderRecord> {
  const onEvent = (event: EventRow) => view.happened({ id, title, label: key }, event);
  await moose.follow(await moose.find(id), { signal, onEvent });
  const detail = await moose.show(id);
  view.ended(detail);
  return detail;
}

// What applies to a work order: its own values, its project's, those of the repository, and its agent's defaults.

import { nanoOfUsd, usdNumber } from '../../../domain/money.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { defaultTimeMs } from '../../policy/agent-defaults.ts';
import { configAt } from '../../policy/config-at.ts';
import { type ProjectValues, projectValues, type ValueSource } from '../../policy/project-values.ts';
import type { Agent } from '../../ports/agent.ts';
import { fenced, type Work } from '../../run/work.ts';

export async function valuesOf(work: Work, baseSha: string): Promise<ProjectValues> {
  const { run, order, project, settings, signal } = work;
  const limitUsd = order.limitNanoUsd === null ? {} : { limitUsd: usdNumber(order.limitNanoUsd) };
  const isTimeGiven = order.settings.is_time_given;
  return projectValues({
    run: run.settings,
    order: { ...order.settings, ...limitUsd, ...(isTimeGiven ? { timeMs: order.timeLimitMs } : {}) },
    project: project.settings,
    file: await configAt(project.repositoryPath, baseSha, signal),
    found: [],
    defaults: { agent: settings.defaultAgent, reviewer: settings.reviewer },
  });
}

/**
 * Copies the limits of the project and the agent to the work order where it has none, because the database function of the budget reads
 * them there.
 */
export async function adoptLimits(
  work: Work,
  { limitUsd, timeMs }: ProjectValues,
  { writesCode }: Pick<Agent, 'writesCode'>,
): Promise<void> {
  const { order, run, actor, settings } = work;
  const cyclesMax = writesCode ? settings.agentCyclesMax : settings.cyclesMax;
  // A person's retry sets the limits of later runs, and a command is never refined.
  const areCyclesNew = run.number === 1 && order.settings.command === undefined;
  const isOfProject = ({ source }: { source: ValueSource }) => source === 'project' || source === 'file';
  const limits = {
    ...(isOfProject(limitUsd) && limitUsd.value !== null ? { limitNanoUsd: nanoOfUsd(limitUsd.value) } : {}),
    ...(areCyclesNew && cyclesMax !== order.refinementCyclesMax ? { refinementCyclesMax: cyclesMax } : {}),
    ...(isOfProject(timeMs) || timeMs.value !== order.timeLimitMs ? { timeLimitMs: timeMs.value } : {}),
  };
  const { is_time_of_agent: wasOfAgent, ...given } = order.settings;
  const isOfAgent = timeMs.source === 'default';
  const mark = isOfAgent ? { is_time_of_agent: true as const } : {};
  const marks =
    isOfAgent === (wasOfAgent === true)
      ? {}
      : { settings: { set: mark, without: ['is_time_of_agent'] as const } };
  if (Object.keys({ ...limits, ...marks }).length === 0) return;
  const because = { changedBy: actor, changedBecause: 'applied the limits of the project and the agent' };
  const isTaken = await fenced(work, (query) =>
    changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress', step: 'routing' },
      { ...limits, ...marks, ...because },
    ),
  );
  // If nothing was changed, the work order has moved on, and the end of this step will find that out.
  if (isTaken) Object.assign(order, limits, { settings: { ...given, ...mark } });
}

/** Without a time limit that somebody set, the agent's default applies. */
export function timedFor(values: ProjectValues, { name }: Agent): ProjectValues {
  const { timeMs, agent } = values;
  if (timeMs.source !== 'default' || name === agent.value) return values;
  return { ...values, timeMs: { ...timeMs, value: defaultTimeMs(name) } };
}

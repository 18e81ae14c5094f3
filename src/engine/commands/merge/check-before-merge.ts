// Before a person's merge, the tree that results from the newest base and the change is checked, if the change was verified
// on another base and something connects it with what came since (R-GREEN-11).

import { shortId } from '../../../domain/ids.ts';
import { nameOfChange } from '../../../domain/work-order/together.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { toJson } from '../../../store/storable.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import { newestStepResults, resultIn } from '../../../store/work/runs/runs.ts';
import { changeWorkOrder, recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { configAt } from '../../policy/config-at.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { togetherOf } from '../../policy/project-values.ts';
import type { PullRequest } from '../../ports/forge.ts';
import { type ProjectHere, projectHere } from '../../run/project-here.ts';
import { checkWithOthers } from '../../run/together/check-with-others.ts';
import { type CheckTree, redWords } from '../../run/together/judge-together.ts';
import { commandFailures } from '../failure-catalogue.ts';
import type { SteeringDeps } from '../start-run.ts';
import { mergeRed } from './in-conflict.ts';

/** Runs the checks of a project on a tree. */
export type ProveTree = (asked: {
  project: ProjectHere;
  order: WorkOrder;
  baseSha: string;
  passed: ReadonlySet<string>;
}) => Promise<CheckTree>;

export interface MergeCheckDeps extends SteeringDeps {
  /** Absent: this process runs no checks. */
  checking?: { settings: EngineSettings; prove: ProveTree } | undefined;
}

/** @throws MERGE_RED_TOGETHER, MERGE_UNCHECKED */
export async function checkBeforeMerge(
  { database, checking }: MergeCheckDeps,
  order: WorkOrder,
  { headSha, baseBranch }: PullRequest,
  actor: string,
): Promise<void> {
  if (!checking) return;
  const results = await database.run((query) => newestStepResults(query, order.id));
  const applied = resultIn(results, 'applying');
  const verified = resultIn(results, 'verifying');
  const routed = resultIn(results, 'routing');
  // What nobody verified, or somebody else pushed, is merged by the word of the person.
  if (!routed || !verified?.isVerified || applied?.headSha !== headSha) return;
  const { dataDirectory, together } = checking.settings;
  const found = await database.run((query) => projectById(query, order.projectId));
  const project = projectHere(found, dataDirectory);
  if (!(await isThere(project.repositoryPath))) return;
  const { baseSha } = routed;
  const passed = new Set(
    verified.checks.filter((each) => each.passed && each.kind !== 'setup').map(({ command }) => command),
  );
  const mode = togetherOf(project.settings, await configAt(project.repositoryPath, baseSha), { together });
  if (mode === 'off' || passed.size === 0) return;
  const judged = await checkWithOthers(
    { database, project, dataDirectory },
    {
      mode,
      workOrderId: order.id,
      headSha,
      treeSha: applied.treeSha,
      baseBranch,
      commands: verified.checks.map(({ command }) => command),
      withOpen: false,
      check: await checking.prove({ project, order, baseSha, passed }),
    },
  );
  if (judged === null || judged.is === 'alone' || judged.is === 'conflict') return;
  const { is, red, runs, treeSha } = judged;
  const names = judged.with.map(nameOfChange).join(' and ');
  const said = {
    red: 'red together with',
    'not ours': 'red without it too:',
    unknown: 'not known with',
    green: 'green together with',
  }[is];
  await database.run((query) =>
    recordEvent(query, {
      workOrderId: order.id,
      kind: 'together.checked',
      actor,
      reason: `${said} ${names}`,
      detail: { is, mode, runs, treeSha, before: 'merge' },
    }),
  );
  const id = shortId(order.id);
  if (is === 'unknown')
    throw commandFailures.MERGE_UNCHECKED({ operation: 'merge', workOrderId: order.id }, { names, id });
  if (is !== 'red' || red === null) return;
  const metadata = { red, names, runs, treeSha };
  const failure = commandFailures.MERGE_RED_TOGETHER(
    { operation: 'merge', workOrderId: order.id, metadata },
    { names, red: redWords(red), id },
  );
  const { message, advice = '' } = failure;
  const note = { code: mergeRed, message, advice, output: red.outputTail.slice(-outputCharsMax) };
  const change = { failure: toJson(note), changedBy: actor, changedBecause: message };
  await database.run((query) => changeWorkOrder(query, order.id, { status: 'completed' }, change));
  throw failure;
}

const outputCharsMax = 4_000;

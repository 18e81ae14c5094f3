// What the demo prints at its end. Pure except for colours.

import { paint } from '../cli/terminal/printer.ts';
import type { PrintedDocument, WorkOrderRecord } from '../contract/contract.ts';
import { shortId } from '../domain/ids.ts';
import { shellWord } from '../stdx/text/shell-words.ts';

export interface DemoResult {
  document: PrintedDocument<'demo'>;
  lines: string[];
  /** True if every work order was completed. */
  holds: boolean;
}

/** What the demo did. */
export interface DemoWork {
  details: readonly WorkOrderRecord[];
  /** The spec whose plan ran; null if the work orders were submitted one by one. */
  spec: { id: string; name: string; summary: string } | null;
}

export interface DemoFacts extends DemoWork {
  repositoryPath: string;
  dataDirectory: string;
  /** How the person called Moose: `moose`, or `npm run moose --`. */
  calledAs: string;
  seconds: number;
  /** Whether the screen already shows each work order with its end. */
  isShown: boolean;
}

export function reportDemo(facts: DemoFacts): DemoResult {
  const { details } = facts;
  const completed = details.filter(({ status }) => status === 'completed').length;
  const holds = completed === details.length;
  const document: PrintedDocument<'demo'> = {
    name: 'demo',
    ok: holds,
    is_scripted: true,
    seconds: facts.seconds,
    repository: facts.repositoryPath,
    data: facts.dataDirectory,
    completed,
    refined: details.filter(({ counters }) => counters.refinement_cycles > 0).length,
    cost_usd: details.reduce((sum, { cost_usd }) => sum + cost_usd, 0),
    spec: facts.spec,
    work_orders: details.map(workOrderOf),
  };
  return { document, lines: linesOf(facts, completed), holds };
}

function workOrderOf(detail: WorkOrderRecord) {
  const { id, title, project, status, step, step_state, failure_class, run, branch, pull_request, cost_usd } =
    detail;
  return {
    id,
    title,
    project,
    status,
    step,
    step_state,
    failure_class,
    run,
    branch,
    pull_request,
    cost_usd,
    created_at: detail.created_at,
    updated_at: detail.updated_at,
    explain: detail.explain,
    refinement_cycles: detail.counters.refinement_cycles,
    errors: detail.errors.map(({ code: type, failure_class: failureClass, recovery_strategy: recovery }) => ({
      type,
      failure_class: failureClass,
      recovery,
    })),
  };
}

/** What became of each work order, and three lines: what was seen, where to look closer, how to begin with real work. */
function linesOf(
  { details, spec, dataDirectory, calledAs, seconds, isShown }: DemoFacts,
  completed: number,
): string[] {
  const recovered = details.filter((one) => whatWentWrong(one) !== null);
  const closest = recovered[0] ?? details[0];
  const closer = spec ? `spec status ${shortId(spec.id)}` : closest ? `show ${shortId(closest.id)}` : 'ls';
  const seen = spec
    ? `${spec.summary} That took ${seconds} s, with a scripted model: the dollars are invented.`
    : `${completed} of ${details.length} work orders completed in ${seconds} s, ${recovered.length} of them after a failure. The dollars are invented.`;
  return [
    '',
    ...(isShown ? [] : [...details.map(endLine), '']),
    seen,
    `Look closer:  ${calledAs} --data ${shellWord(dataDirectory)} ${closer}`,
    `Real work:    ${calledAs} up`,
  ];
}

function endLine(one: WorkOrderRecord): string {
  const mark = one.status === 'completed' ? paint('green', '✓') : paint('red', '✗');
  const wrong = whatWentWrong(one);
  return `${mark} ${shortId(one.id)}  ${one.title}${wrong === null ? '' : paint('yellow', `  (${wrong})`)}`;
}

/** Null if nothing went wrong. */
export function whatWentWrong({
  counters,
  errors,
}: Pick<WorkOrderRecord, 'counters' | 'errors'>): string | null {
  const broken = errors.filter(({ failure_class }) => failure_class === 'contract_violation');
  if (broken.some(({ code }) => code === 'CHECK_FAILED'))
    return 'was green only by what it did to a test, was refused, and did the work';
  if (broken.length > 0) return 'broke a contract at first, was told whom that breaks, and fixed it';
  if (counters.refinement_cycles > 0) return 'failed its checks at first, was told why, and fixed it';
  return errors.length > 0 ? `recovered from ${errors.map(({ code }) => code).join(', ')}` : null;
}

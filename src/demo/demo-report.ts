// What the demo prints at its end. Pure except for colours.

import { asCalled } from '../cli/terminal/as-called.ts';
import { wrapToWidth } from '../cli/terminal/display-width.ts';
import { paint } from '../cli/terminal/printer.ts';
import type { PrintedDocument, WorkOrderRecord } from '../contract/contract.ts';
import { shortId } from '../domain/ids.ts';
import { sumUsd } from '../domain/money.ts';
import { shellWord } from '../stdx/text/shell-words.ts';

/** Of a usual terminal; output that is not for one is often read in one. */
const columnsMax = 80;
const indent = '    ';

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
    cost_usd: sumUsd(details.map(({ cost_usd }) => cost_usd)),
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

/**
 * What became of the work orders, where to look closer, how to begin with real work. Only commands may be wider than a
 * terminal, because they are copied.
 */
function linesOf(facts: DemoFacts, completed: number): string[] {
  const { details, spec, dataDirectory, calledAs, seconds, isShown } = facts;
  const told = isShown ? details.filter((one) => whatToTell(one) !== null) : details;
  const failed = details.filter((one) => whatWentWrong(one) !== null).length;
  const seen = spec
    ? [spec.summary, `That took ${seconds} s, with a scripted model: the dollars are invented.`]
    : [
        `${completed} of ${details.length} work orders completed in ${seconds} s, ${failed} of them after a failure.`,
        'The dollars are invented.',
      ];
  return [
    '',
    ...(told.length === 0 ? [] : [...told.flatMap(endLines), '']),
    ...seen.flatMap((text) => wrapToWidth(text, columnsMax)),
    `Look closer:  ${calledAs} --data ${shellWord(dataDirectory)} ${whereToLook(facts)}`,
    `Real work:    ${calledAs} up`,
  ];
}

/** At the change that was refused although its checks were green, if there is one. */
function whereToLook({ details, spec }: DemoWork): string {
  if (spec) return `spec status ${shortId(spec.id)}`;
  const refused = details.flatMap(({ errors }) => errors).find(isRefusalOfGreen);
  if (refused) return `errors ${shortId(refused.id)}`;
  const closest = details.find((one) => whatToTell(one) !== null) ?? details[0];
  return closest ? `show ${shortId(closest.id)}` : 'ls';
}

function endLines(one: WorkOrderRecord): string[] {
  const mark = one.status === 'completed' ? paint('green', '✓') : paint('red', '✗');
  const told = whatToTell(one) ?? '';
  // It may name commands.
  const because = one.status === 'completed' ? wrapToWidth(told, columnsMax - indent.length) : [told];
  return [
    `${mark} ${shortId(one.id)}  ${one.title}`,
    ...because.filter(Boolean).map((line) => `${indent}${paint('yellow', line)}`),
  ];
}

/** Null if there is nothing to tell: it is completed, and nothing went wrong. */
function whatToTell(one: WorkOrderRecord): string | null {
  return one.status === 'completed' ? whatWentWrong(one) : asCalled(one.explain);
}

type DemoError = WorkOrderRecord['errors'][number];

const isRefusalOfGreen = ({ code, failure_class }: Pick<DemoError, 'code' | 'failure_class'>) =>
  failure_class === 'contract_violation' && code === 'CHECK_FAILED';

/** Null if nothing went wrong. */
export function whatWentWrong({
  counters,
  errors,
}: Pick<WorkOrderRecord, 'counters' | 'errors'>): string | null {
  const broken = errors.filter(({ failure_class }) => failure_class === 'contract_violation');
  if (errors.some(isRefusalOfGreen))
    return 'was green only by what it did to a test, was refused, and did the work';
  if (broken.length > 0) return 'broke a contract at first, was told whom that breaks, and fixed it';
  if (counters.refinement_cycles > 0) return 'failed its checks at first, was told why, and fixed it';
  return errors.length > 0 ? `recovered from ${errors.map(({ code }) => code).join(', ')}` : null;
}

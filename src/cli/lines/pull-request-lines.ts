// Formats a pull request for the terminal: its checks, and the outcome of each remark. Pure except for colours.
import type { PullRequestView } from '../../contract/contract.ts';
import { paint } from '../terminal/printer.ts';
import { oneLine } from '../terminal/table.ts';

const marks = {
  passed: paint.bind(null, 'green', '✓'),
  failed: paint.bind(null, 'red', '✗'),
  running: () => '…',
  queued: () => '…',
  skipped: () => '–',
  cancelled: () => '–',
  unknown: () => '?',
} as const;
const verdicts = {
  green: () => paint('green', 'CI is green'),
  red: () => paint('red', 'CI is red'),
  running: () => 'CI is running',
  none: () => 'no checks',
} as const;
const became = {
  new: 'not handled yet',
  ignored: 'ignored',
  command: 'carried out',
  sent: 'being worked on',
  answered: 'answered',
} as const;

export function pullRequestLines(one: PullRequestView): string[] {
  const { host, repository, number, state } = one;
  const facts = [
    `${host === 'local' ? '' : repository}#${number}`,
    one.is_draft ? `${state}, draft` : state,
    ...(one.verdict === null ? [] : [verdicts[one.verdict]()]),
    ...(one.mergeable === false ? [paint('red', `conflicts with ${one.base_branch}`)] : []),
    ...(one.merge_queued_at === null ? [] : ['merge queued']),
    ...(one.reverted_sha === null
      ? []
      : [paint('red', `reverted by ${one.reverted_sha.slice(0, shaShown)}`)]),
  ];
  return [
    facts.join('  '),
    ...(one.waiting_for === null ? [] : [`  ${one.waiting_for}`]),
    ...one.checks.map(
      ({ name, state, is_required, attempt, obstacle }) =>
        `  ${marks[state]()} ${oneLine(name)}${is_required ? ' (required)' : ''}${attempt > 1 ? ` attempt ${attempt}` : ''}${obstacle ? `, did not run: ${oneLine(obstacle)}` : ''}`,
    ),
    ...one.remarks.map(
      ({ author, path, line, body, state }) =>
        `  ${author}${path === null ? '' : ` on ${path}${line === null ? '' : `:${line}`}`}: ${oneLine(body)} → ${became[state]}`,
    ),
  ];
}

const shaShown = 8;

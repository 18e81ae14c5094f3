// Formats the plan of a spec for a person. Pure except for colours.
import type { SpecDecisions, SpecPlan, SpecPlanning, SpecPlanVersion } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import { paint } from '../terminal/printer.ts';
import { table } from '../terminal/table.ts';

const widthMax = 120;

const colourOf = {
  asked: 'gray',
  working: 'cyan',
  planned: 'green',
  failed: 'red',
  cancelled: 'gray',
} as const;

export function planningLines(planning: SpecPlanning): string[] {
  const {
    state,
    model,
    rounds,
    rounds_max: most,
    limit_usd,
    spent_usd,
    failure,
    advice,
    declined,
  } = planning;
  const spent = `${formatUsdNumber(spent_usd)} of at most ${formatUsdNumber(limit_usd)}`;
  const answers = rounds === 0 ? 'no answer yet' : `${rounds} of at most ${most} answers`;
  return [
    `${paint(colourOf[state], state)} by ${model}: ${answers}, ${spent}`,
    ...(planning.ended_at === null
      ? declined.map(({ lacks }) => `It waits for another machine: ${lacks}`)
      : []),
    ...(failure === null ? [] : [paint('red', failure)]),
    ...(advice === null ? [] : [advice]),
  ];
}

/** Lists the work orders in the order in which they can run; those of one layer can run concurrently. */
export function planLines({ version, made_by, because, plan, layers, problems }: SpecPlan): string[] {
  const byKey = new Map(plan.work_orders.map((order) => [order.key, order]));
  const rows = layers.flatMap((keys, layer) =>
    keys.flatMap((key) => {
      const order = byKey.get(key);
      if (!order) return [];
      const after = order.depends_on.join(', ');
      return [
        [String(layer + 1), key, after, String(order.files.length), order.complexity.toFixed(1), order.title],
      ];
    }),
  );
  return [
    `${paint('bold', `version ${version}`)} by ${made_by}: ${because}`,
    '',
    plan.summary,
    '',
    ...table(['LAYER', 'KEY', 'AFTER', 'FILES', 'COMPLEXITY', 'TITLE'], rows, widthMax),
    ...contractLines(plan.contracts),
    ...(problems.length === 0 ? [] : ['', paint('red', 'It is not valid:')]),
    ...problems.map(({ message }) => `- ${message}`),
  ];
}

function contractLines(contracts: SpecPlan['plan']['contracts']): string[] {
  if (contracts.length === 0) return [];
  const rows = contracts.map(({ name, kind, path, provider, users }) => [
    ...[name, kind, provider, users.join(', '), path],
  ]);
  return ['', ...table(['CONTRACT', 'KIND', 'PROVIDER', 'USERS', 'FILE'], rows, widthMax)];
}

export function versionLines(versions: readonly SpecPlanVersion[]): string[] {
  if (versions.length === 0) return ['No plan yet. Run `moose spec plan ID` to ask the Architect for one.'];
  return table(
    ['VERSION', 'CREATED', 'BY', 'WORK ORDERS', 'VALID', 'WHY'],
    versions.map(({ version, created_at, made_by, work_orders, problems, because, is_aside }) => [
      ...[String(version), created_at.slice(0, 16).replace('T', ' '), made_by, String(work_orders)],
      problems.length === 0 ? 'yes' : `no (${problems.length})`,
      is_aside ? `${because}, not used, since it came after an edit` : because,
    ]),
    widthMax,
  );
}

/** Lists decisions, newest first, each with the policy rows that objected. */
export function decisionLines({ items, is_open, question }: SpecDecisions): string[] {
  const open = is_open ? ['The Director has not decided yet.'] : [];
  if (items.length === 0)
    return is_open ? open : ['Nothing was decided: `moose spec plan ID --run` asks the Director to decide.'];
  return [
    ...open,
    ...items.flatMap(({ decision, version, by, note, failure, objections, estimate_usd, ...rest }) => [
      `${rest.decided_at.slice(0, 16).replace('T', ' ')}  version ${version}: ${paint('bold', wordsOf[decision] ?? decision)} by ${by ?? 'moose'}${costOf(estimate_usd)}`,
      ...objections.map(({ row, because }) => `  ${row}: ${because}`),
      ...offLines(rest),
      ...(note === null ? [] : [`  ${note}`]),
      ...(failure === null ? [] : [paint('red', `  ${failure}`)]),
    ]),
    ...(question === null ? [] : [`Answer the question: \`moose escalations ${shortId(question)}\`.`]),
  ];
}

/** Reports disabled built-in hard-stop words: the reader of a decision must know about them. */
const offLines = ({ hard_stops_off: off }: Pick<SpecDecisions['items'][number], 'hard_stops_off'>) =>
  off.length === 0
    ? []
    : [paint('yellow', `  without the hard-stop words ${off.join(', ')}: a setting switches them off`)];

const wordsOf: Readonly<Record<string, string>> = {
  approve: 'approved',
  ask: 'asked a person',
  approve_part: 'approved in part',
  send_back: 'sent back',
  cancel: 'not to run',
};

const costOf = (range: SpecDecisions['items'][number]['estimate_usd']) =>
  range === null ? '' : `, ${formatUsdNumber(range.low)} to ${formatUsdNumber(range.high)}`;

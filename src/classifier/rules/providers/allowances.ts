// Used-up allowances and exceeded deadlines, in any wording: what was limited, and what happened to it.

import { precedence, type Rule } from '../../match/rule.ts';
import { providerCallers } from '../../purpose/provider-callers.ts';
import { moneyGone, timedOut } from '../../verdicts.ts';

const { budget, deadline } = precedence;
const running = ['agent', 'session', 'supervisor', 'proposer', 'reviewer', 'planner', 'writer'] as const;

const limited =
  '(?:spend(?:ing)?|usage|cost|money|turn|step|iteration|session|hourly|5-hour|premium request|daily|weekly|monthly|plan|minutes|bandwidth|token|allowance) (?:limit(?<!token limit)|cap|quota|budget|allowance)';
const allowance = `(?:quota|credits?|budget|allowance|data packs?|balance|turns|${limited})`;
const gone =
  '(?:exhausted|exceeded|depleted|used up|insufficient|consumed|reached|hit|over|run out|ran out|overdrawn|too low|spent)';
/** Excluded: a limit per minute ends by itself, and the size of a context is not an allowance. */
const comesBack =
  '(?!.{0,900}(?:[Pp]er[-_ ]?(?:[Mm]inute|[Ss]econd)|\\b[TR]PM\\b|rate limit|context (?:length|window)))';

export const allowanceRules: readonly Rule[] = [
  {
    id: 'allowance.gone',
    is: moneyGone,
    precedence: budget - 5,
    components: [...providerCallers, 'budget'],
    line: new RegExp(
      `^${comesBack}(?:.{0,600}?[^\\w])??(?:${allowance} (?:\\S{1,30} ){0,4}?${gone}|(?:[Ee]xhausted|[Ee]xceed(?:ed|s)|[Rr]eached|[Hh]it|[Uu]sed(?: up)?(?: all)?(?: of)?|[Ss]pent|[Ii]nsufficient|[Nn]ot enough|(?:[Rr]an |[Rr]un )?[Oo]ut of|[Oo]ver|[Nn]o|above|beyond) (?:[\\w'$.-]{1,20} ){0,5}?${allowance}(?!\\w))`,
      'i',
    ),
    unless: '@@ -',
    from: 'providers, agents, forges, programs that count for themselves',
    sample: 'TerminalQuotaError: You have exhausted your daily quota on this model.',
  },
  {
    id: 'allowance.counted',
    is: moneyGone,
    precedence: budget - 5,
    components: [...providerCallers, 'budget'],
    line: /\blimited to \d[\d,]{0,9} .{0,30}(?:\/|per) ?(?:month|day)\b|\b(?:consumed|used|spent) \$?[\d.,]{1,15} of (?:its |the |our )?\$?[\d.,]{1,15} (?:tokens|turns|USD|dollars|calls|requests)|\b\w{0,30}Budget(?:Exceeded|Exhausted)|\bspent \$?[\d.]{1,12} of \$?[\d.]|(?:exceeds?|exceeded|over|above) .{0,40}(?:cap|limit|budget) of \$|"(?:evt|event|code|reason|type)": ?"(?:turn|cost|spend|budget|money)_limit"|exceeded_(?:\w{1,20}_)?quota|余额不足|欠费|额度(?:不足|已用)|check your plan and billing/,
    unless: 'PerMinute',
    from: 'Moose, LiteLLM, Moonshot, Zhipu, Alibaba',
    sample: 'BudgetError: work order spent $5.03 of $5.00, no further calls are made',
  },
  {
    id: 'deadline.passed',
    is: timedOut,
    precedence: deadline - 5,
    components: running,
    line: /\b(?:deadline|time (?:limit|budget))\b.{0,60}\b(?:exceeded|passed|reached|over|expired|elapsed|hit)\b|\b(?:exceed(?:ed|s)|passed|over|past|missed|hit|reached) (?:\w{1,20} ){0,3}(?:deadline|time (?:limit|budget))\b|did not (?:finish|complete|end|return|stop|respond|answer|exit) (?:with)?in\b|\bno (?:output|events?|progress|heartbeat) (?:\w{1,20} ){0,2}(?:for|in|within|since) \d/i,
    from: 'supervisors of agents',
    sample:
      '{"level":"error","evt":"step_deadline","msg":"step did not finish within its deadline; agent stopped"}',
  },
];

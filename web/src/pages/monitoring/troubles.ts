// Lists what is wrong, the worst first, each with advice and where to follow it. Pure.
import type { AdminHealth, Budget } from '../../../../src/contract/contract.ts';
import type { Place } from './place.ts';
import { hoursWords, many, nameOfWindow, percent, spaced } from './words.ts';

export interface Trouble {
  key: string;
  /** 'warn' needs attention but is not broken yet. */
  tone: 'bad' | 'warn';
  says: string;
  advice: string;
  /** Null if no page helps. */
  place: Place | null;
}

type Health = Omit<AdminHealth, 'at'>;

/** Ordered by urgency. */
export function troublesOf(
  health: Health,
  budget: Pick<Budget, 'windows'> | undefined,
  models: readonly { tiers: readonly string[] }[] | undefined,
): Trouble[] {
  const all = [
    ...database(health),
    ...nobody(health),
    ...noModel(models),
    ...frozen(budget),
    ...budgets(health),
    ...alerts(health),
    ...agents(health),
    ...stuck(health),
    ...circuits(health),
    ...machine(health),
    ...course(health),
  ];
  return [...all.filter(({ tone }) => tone === 'bad'), ...all.filter(({ tone }) => tone === 'warn')];
}

export function verdictOf(troubles: readonly Trouble[]): string {
  const [worst] = troubles;
  if (!worst) return 'No problems.';
  const bad = troubles.filter(({ tone }) => tone === 'bad').length;
  if (bad === 0) return `No problems, ${many(troubles.length, 'warning')}.`;
  return `${many(bad, 'problem')}. ${bad === 1 ? '' : 'Most urgent: '}${worst.says}`;
}

function database({ database: { because } }: Health): Trouble[] {
  if (because === null) return [];
  return [
    {
      key: 'database',
      tone: 'bad',
      says: `The database does not accept writes: ${because}.`,
      advice: 'Free disk space or make the database writable',
      place: null,
    },
  ];
}

function nobody({ executors }: Health): Trouble[] {
  if (executors > 0) return [];
  return [
    {
      key: 'nobody',
      tone: 'bad',
      says: 'No worker is running, so submitted work orders are waiting.',
      advice: 'Start one with moose up or moose worker',
      place: null,
    },
  ];
}

/** Undefined until they are known. */
type Models = readonly { tiers: readonly string[] }[] | undefined;

export function hasNoModel(models: Models): boolean {
  return models?.every(({ tiers }) => tiers.length === 0) ?? false;
}

function noModel(models: Models): Trouble[] {
  if (!hasNoModel(models)) return [];
  return [
    {
      key: 'no model',
      tone: 'bad',
      says: 'No model is in use, so no agent can work.',
      advice: 'Set the API key of a provider and start Moose again; moose doctor says how',
      place: null,
    },
  ];
}

function frozen(budget: Pick<Budget, 'windows'> | undefined): Trouble[] {
  return (budget?.windows ?? [])
    .filter(({ is_frozen }) => is_frozen)
    .map(({ key, name }) => ({
      key: `frozen ${key}`,
      tone: 'bad' as const,
      says: `Spending is frozen (${nameOfWindow({ key, name })}): a call cost more than was reserved for it.`,
      advice: 'Review and unfreeze in Settings',
      place: { to: 'limits' as const },
    }));
}

function budgets({ dailyBudget, monthlyBudget }: Health): Trouble[] {
  const both = [
    { name: "Today's budget", budget: dailyBudget },
    { name: "This month's budget", budget: monthlyBudget },
  ];
  return both.flatMap(({ name, budget: { status, percentage } }): Trouble[] =>
    status === 'normal'
      ? []
      : [
          {
            key: name,
            tone: status === 'critical' ? 'bad' : 'warn',
            says: `${name} is ${Math.round(percentage)}% spent or reserved.`,
            advice: status === 'critical' ? 'Raise the limit' : 'View spend',
            place: status === 'critical' ? { to: 'limits' } : { to: 'section', id: 'budget' },
          },
        ],
  );
}

function alerts({ alerts: open }: Health): Trouble[] {
  const rank = ['critical', 'high'];
  const loud = open.filter(({ severity }) => rank.includes(severity));
  const sorted = loud.toSorted((one, other) => rank.indexOf(one.severity) - rank.indexOf(other.severity));
  const quiet = open.length - loud.length;
  return [
    ...sorted.map(({ id, message }) => ({
      key: `alert ${id}`,
      tone: 'bad' as const,
      says: message,
      advice: 'View alert',
      place: { to: 'section' as const, id: 'alerts' as const },
    })),
    ...(quiet === 0
      ? []
      : [
          {
            key: 'quiet alerts',
            tone: 'warn' as const,
            says: `${many(quiet, 'alert', 'alerts')} of lower severity ${quiet === 1 ? 'is' : 'are'} open.`,
            advice: 'View alerts',
            place: { to: 'section' as const, id: 'alerts' as const },
          },
        ]),
  ];
}

/** Not part of this version, so never reported as down. */
const absentAgents: ReadonlySet<string> = new Set(['director']);

function agents({ agentHealth }: Health): Trouble[] {
  return Object.entries(agentHealth).flatMap(([name, { status, last_success: at }]): Trouble[] =>
    status === 'healthy' || status === 'idle' || (at === null && absentAgents.has(name))
      ? []
      : [
          {
            key: `agent ${name}`,
            tone: status === 'down' ? 'bad' : 'warn',
            says: `The ${spaced(name)} ${status === 'down' ? 'is down' : 'is failing often'}.`,
            advice: 'View errors',
            place: { to: 'section', id: 'errors' },
          },
        ],
  );
}

function stuck({ stuckWorkOrders }: Health): Trouble[] {
  const longest = stuckWorkOrders.toSorted((one, other) => other.stuck_hours - one.stuck_hours)[0];
  if (!longest) return [];
  const hours = hoursWords(longest.stuck_hours);
  return [
    {
      key: 'stuck',
      tone: 'bad',
      says: `${many(stuckWorkOrders.length, 'work order is', 'work orders are')} stuck, the longest for ${hours}.`,
      advice: 'View stuck work',
      place: { to: 'section', id: 'stuck' },
    },
  ];
}

function circuits({ circuits: known }: Health): Trouble[] {
  return known.flatMap(({ key, phase, because }): Trouble[] =>
    phase === 'closed'
      ? []
      : [
          {
            key: `circuit ${key}`,
            tone: phase === 'open' ? 'bad' : 'warn',
            says: `Circuit breaker ${key} is ${phase === 'open' ? 'open' : 'half open'}${because ? `: ${because}` : '.'}`,
            advice: 'View circuit breaker',
            place: { to: 'section', id: 'circuits' },
          },
        ],
  );
}

function machine({ pressure, degradations }: Health): Trouble[] {
  return [
    ...pressure
      .filter(({ level }) => level !== 'normal')
      .map(({ host, level, because }) => ({
        key: `pressure ${host}`,
        tone: level === 'critical' ? ('bad' as const) : ('warn' as const),
        says: `Machine ${host} is under load: ${because}`,
        advice: 'View machine load',
        place: { to: 'section' as const, id: 'ahead' as const },
      })),
    ...degradations.map(({ key, feature, because, work_order_id }) => ({
      key: `without ${key} ${work_order_id ?? ''}`,
      tone: 'warn' as const,
      says: `Degraded: ${feature}, because ${because.replace(/\.$/, '')}.`,
      advice: 'View degraded features',
      place: { to: 'section' as const, id: 'ahead' as const },
    })),
  ];
}

function course({ errorRate, forecasts, escalationBacklog }: Health): Trouble[] {
  const here = { to: 'section', id: 'ahead' } as const;
  const asked = escalationBacklog.open;
  return [
    ...(errorRate.trend === 'rising' && errorRate.errors_last_hour > 0
      ? [
          {
            key: 'rising',
            tone: 'warn' as const,
            says: `The error rate is rising: ${percent(errorRate.last_hour)} in the last hour, ${percent(errorRate.last_24h)} in the last 24 hours.`,
            advice: 'View errors',
            place: { to: 'section' as const, id: 'errors' as const },
          },
        ]
      : []),
    ...forecasts.open.map(({ signal, subject, message }) => ({
      key: `ahead ${signal} ${subject}`,
      tone: 'warn' as const,
      says: message,
      advice: 'View forecast',
      place: here,
    })),
    ...(asked === 0
      ? []
      : [
          {
            key: 'asked',
            tone: 'warn' as const,
            says: `${many(asked, 'question needs', 'questions need')} an answer.`,
            advice: asked === 1 ? 'Answer the question' : 'Answer the questions',
            place: { to: 'escalations' as const },
          },
        ]),
  ];
}

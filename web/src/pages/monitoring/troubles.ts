// Whether anything is wrong, the worst first; each with where one sees what to do. Pure.
import type { AdminHealth, Budget } from '../../../../src/api/contract.ts';
import type { Place } from './place.ts';
import { hoursWords, many, nameOfWindow, percent, spaced } from './words.ts';

export interface Trouble {
  key: string;
  /** A warning is not wrong yet. */
  tone: 'bad' | 'warn';
  says: string;
  advice: string;
  /** Null: nothing on a page helps. */
  place: Place | null;
}

type Health = Omit<AdminHealth, 'at'>;

/** In the order in which one gets up at night for them. */
export function troublesOf(health: Health, budget: Pick<Budget, 'windows'> | undefined): Trouble[] {
  const all = [
    ...nobody(health),
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
  if (!worst) return 'Nothing is wrong.';
  const bad = troubles.filter(({ tone }) => tone === 'bad').length;
  if (bad === 0) return `Nothing is broken; ${many(troubles.length, 'thing needs', 'things need')} watching.`;
  return `${many(bad, 'thing is', 'things are')} wrong. ${bad === 1 ? '' : 'The worst: '}${worst.says}`;
}

function nobody({ executors }: Health): Trouble[] {
  if (executors > 0) return [];
  return [
    {
      ...{ key: 'nobody', tone: 'bad', says: 'No Moose carries work: what is submitted waits.' },
      ...{ advice: 'Start one with moose up or moose worker', place: null },
    },
  ];
}

function frozen(budget: Pick<Budget, 'windows'> | undefined): Trouble[] {
  return (budget?.windows ?? [])
    .filter(({ is_frozen }) => is_frozen)
    .map(({ key, name }) => ({
      ...{ key: `frozen ${key}`, tone: 'bad' as const },
      says: `Spending is frozen (${nameOfWindow({ key, name })}): a call cost more than was set aside for it.`,
      ...{ advice: 'See why, then lift it in Settings', place: { to: 'limits' as const } },
    }));
}

function budgets({ dailyBudget, monthlyBudget }: Health): Trouble[] {
  const both = [
    { name: "The day's budget", budget: dailyBudget },
    { name: "The month's budget", budget: monthlyBudget },
  ];
  return both.flatMap(({ name, budget: { status, percentage } }): Trouble[] =>
    status === 'normal'
      ? []
      : [
          {
            ...{ key: name, tone: status === 'critical' ? 'bad' : 'warn' },
            says: `${name} is ${Math.round(percentage)} % used or set aside.`,
            advice: status === 'critical' ? 'Raise the limit, or wait' : 'See where it goes',
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
      ...{ key: `alert ${id}`, tone: 'bad' as const, says: message },
      ...{ advice: 'See the alert', place: { to: 'section' as const, id: 'alerts' as const } },
    })),
    ...(quiet === 0
      ? []
      : [
          {
            ...{ key: 'quiet alerts', tone: 'warn' as const },
            says: `${many(quiet, 'alert', 'alerts')} of lower severity ${quiet === 1 ? 'is' : 'are'} open.`,
            ...{ advice: 'See them', place: { to: 'section' as const, id: 'alerts' as const } },
          },
        ]),
  ];
}

function agents({ agentHealth }: Health): Trouble[] {
  return Object.entries(agentHealth).flatMap(([name, { status }]): Trouble[] =>
    status === 'healthy'
      ? []
      : [
          {
            ...{ key: `agent ${name}`, tone: status === 'down' ? 'bad' : 'warn' },
            says: `The ${spaced(name)} ${status === 'down' ? 'is down' : 'fails often'}.`,
            ...{ advice: 'See its errors', place: { to: 'section', id: 'errors' } },
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
      ...{ key: 'stuck', tone: 'bad' },
      says: `${many(stuckWorkOrders.length, 'work order is', 'work orders are')} stuck, the longest for ${hours}.`,
      ...{ advice: 'See what unblocks them', place: { to: 'section', id: 'stuck' } },
    },
  ];
}

function circuits({ circuits: known }: Health): Trouble[] {
  return known.flatMap(({ key, phase, because }): Trouble[] =>
    phase === 'closed'
      ? []
      : [
          {
            ...{ key: `circuit ${key}`, tone: phase === 'open' ? 'bad' : 'warn' },
            says: `${key} is ${phase === 'open' ? 'left alone' : 'tried again'}${because ? `: ${because}` : '.'}`,
            ...{ advice: 'See the circuit', place: { to: 'section', id: 'circuits' } },
          },
        ],
  );
}

function machine({ pressure, degradations }: Health): Trouble[] {
  return [
    ...pressure.map(({ host, level, because }) => ({
      ...{ key: `pressure ${host}`, tone: level === 'critical' ? ('bad' as const) : ('warn' as const) },
      says: `The machine ${host} is hard pressed: ${because}`,
      ...{ advice: 'See what is held back', place: { to: 'section' as const, id: 'ahead' as const } },
    })),
    ...degradations.map(({ key, feature, because, work_order_id }) => ({
      ...{ key: `without ${key} ${work_order_id ?? ''}`, tone: 'warn' as const },
      says: `Done without: ${feature}, since ${because.replace(/\.$/, '')}.`,
      ...{ advice: 'See what is done without', place: { to: 'section' as const, id: 'ahead' as const } },
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
            ...{ key: 'rising', tone: 'warn' as const },
            says: `Errors are rising: ${percent(errorRate.last_hour)} of what was done in the last hour, ${percent(errorRate.last_24h)} over the day.`,
            ...{ advice: 'See which', place: { to: 'section' as const, id: 'errors' as const } },
          },
        ]
      : []),
    ...forecasts.open.map(({ signal, subject, message }) => ({
      ...{ key: `ahead ${signal} ${subject}`, tone: 'warn' as const, says: message },
      ...{ advice: 'See the forecast', place: here },
    })),
    ...(asked === 0
      ? []
      : [
          {
            ...{ key: 'asked', tone: 'warn' as const },
            says: `${many(asked, 'question waits', 'questions wait')} for one of you.`,
            ...{ advice: 'Answer', place: { to: 'escalations' as const } },
          },
        ]),
  ];
}

// The requests of the pages: every list and every chart, with each filter, and for pages far from the beginning.
import type { Seeded } from './seed.ts';

export interface Question {
  name: string;
  path: string;
  /** How many pages to skip before the measured one: a deep page must not cost more. */
  deep?: number;
}

const ranges = ['24h', '7d', '30d', '90d'] as const;

export function questionsOf(seeded: Seeded): Question[] {
  return [...workOrders(seeded), ...oneWorkOrder(seeded), ...besides(seeded), ...pictures()];
}

function workOrders({ largeId }: Seeded): Question[] {
  const list = (name: string, query = '', deep?: number) => ({
    name: `work orders: ${name}`,
    path: `/api/work-orders?${query}`,
    ...(deep === undefined ? {} : { deep }),
  });
  return [
    list('newest'),
    list('two hundred', 'limit=200'),
    list('deep', 'limit=200', 50),
    list('last touched', 'sort=updated'),
    list('last touched, deep', 'sort=updated&limit=200', 20),
    list('dearest', 'sort=cost'),
    list('dearest, deep', 'sort=cost&limit=200', 20),
    list('failed', 'status=failed'),
    list('failed, deep', 'status=failed&limit=200', 20),
    list('two statuses, dearest', 'status=failed,cancelled&sort=cost'),
    list('in progress', 'status=in_progress'),
    list('by failure class', 'failure_class=contract_violation'),
    list('by step', 'step=verifying'),
    list('by project', 'project=service-1'),
    list('by a project of few', 'project=service-19'),
    list('all filters', 'project=service-19&status=failed&failure_class=lint_error&step=verifying'),
    list('all filters, nothing found', 'project=service-19&status=completed&failure_class=lint_error'),
    list('need you', 'needs_you=true'),
    list('need you not', 'needs_you=false'),
    list('text, many', 'q=parser'),
    list('text, few', 'q=number%204711'),
    list('text, none', 'q=nowhere%20to%20be%20found'),
    list('text and project, dearest', 'q=parser&project=service-2&sort=cost'),
    list('end of an id', `q=${largeId.slice(-8)}`),
    { name: 'board', path: '/api/board' },
    { name: 'board: project', path: '/api/board?project=service-2' },
    { name: 'board: text', path: '/api/board?q=parser' },
    { name: 'projects', path: '/api/projects' },
    ...['parser', 'CODE_1', 'service', 'nowhere to be found', largeId.slice(-8)].map((text) => ({
      name: `search: ${text === largeId.slice(-8) ? 'end of an id' : text}`,
      path: `/api/search?q=${encodeURIComponent(text)}`,
    })),
  ];
}

function oneWorkOrder({ largeId, oldId }: Seeded): Question[] {
  return [
    { name: 'one: large', path: `/api/work-orders/${largeId}` },
    { name: 'one: by the end of its id', path: `/api/work-orders/${largeId.slice(-8)}` },
    { name: 'one: old', path: `/api/work-orders/${oldId}` },
    { name: 'one: events', path: `/api/work-orders/${largeId}/events?limit=200` },
    { name: 'one: events, deep', path: `/api/work-orders/${largeId}/events?limit=200`, deep: 40 },
    { name: 'one: diff of 2 MB', path: `/api/work-orders/${largeId}/diff` },
    { name: 'one: what may be done', path: `/api/work-orders/${largeId}/acts` },
    { name: 'one: what undoing does', path: `/api/work-orders/${largeId}/undo-plan` },
  ];
}

function besides({ errorId, escalationId, largeId, sessionId }: Seeded): Question[] {
  return [
    { name: 'sessions: running', path: '/api/sessions' },
    { name: 'sessions: all', path: '/api/sessions?state=all' },
    { name: 'sessions: all, deep', path: '/api/sessions?state=all&limit=200', deep: 20 },
    { name: 'session: output', path: `/api/sessions/${sessionId}/output` },
    { name: 'escalations: open', path: '/api/escalations' },
    { name: 'escalations: all', path: '/api/escalations?status=all' },
    { name: 'escalations: all, deep', path: '/api/escalations?status=all&limit=200', deep: 10 },
    { name: 'escalation', path: `/api/escalations/${escalationId}` },
    { name: 'escalation measures', path: '/api/escalation-measures?days=30' },
    { name: 'answer policies', path: '/api/answer-policies' },
    { name: 'errors', path: '/api/errors' },
    { name: 'errors, deep', path: '/api/errors?limit=200', deep: 20 },
    { name: 'errors: class', path: '/api/errors?failure_class=lint_error&range=30d' },
    { name: 'errors: component', path: '/api/errors?component=git&range=30d' },
    { name: 'errors: work order', path: `/api/errors?work_order=${largeId}&range=90d` },
    { name: 'error', path: `/api/errors/${errorId}` },
    { name: 'error: by the end of its id', path: `/api/errors/${errorId.slice(-8)}` },
    { name: 'settings', path: '/api/settings' },
    { name: 'models', path: '/api/models' },
    { name: 'agents', path: '/api/agents' },
    { name: 'audit', path: '/api/audit' },
    { name: 'audit, deep', path: '/api/audit?limit=200', deep: 20 },
    { name: 'tokens', path: '/api/tokens' },
    { name: 'specs', path: '/api/specs' },
    { name: 'me', path: '/api/me' },
  ];
}

function pictures(): Question[] {
  return [
    { name: 'health', path: '/api/admin/health' },
    { name: 'stuck', path: '/api/stuck' },
    { name: 'budget', path: '/api/budget' },
    { name: 'limits', path: '/api/limits' },
    { name: 'prices', path: '/api/prices' },
    { name: 'circuits', path: '/api/circuits' },
    { name: 'alerts', path: '/api/alerts' },
    { name: 'alerts: all', path: '/api/alerts?all=true' },
    { name: 'summary', path: '/api/summary' },
    ...ranges.flatMap((range) => [
      { name: `trends: ${range}`, path: `/api/trends?range=${range}` },
      { name: `error groups: ${range}`, path: `/api/error-groups?range=${range}` },
      { name: `learning: ${range}`, path: `/api/learning?range=${range}` },
    ]),
  ];
}

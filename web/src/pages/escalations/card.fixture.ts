// A typical question: a check failed after the last cycle.
import type { EscalationCard } from '../../../../src/contract/contract.ts';

export function aCard(changes: Partial<EscalationCard> = {}): EscalationCard {
  return {
    id: '0195aaaa-0000-7000-8000-000000000001',
    work_order: {
      id: '0195bbbb-0000-7000-8000-000000000001',
      title: 'Add sum()',
      project: 'shop',
      status: 'needs_review',
    },
    status: 'open',
    severity: 'high',
    failure_class: 'test_fail',
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    reason: 'all 3 cycles are used up',
    title: 'The test check `npm test` ended with exit code 1.',
    context: { step: 'verifying', because: 'all 3 cycles are used up' },
    options: [],
    recommended: null,
    group_key: null,
    waiting: [],
    default_option: null,
    default_at: null,
    chosen_option: null,
    note: null,
    resolved_by: null,
    resolution: null,
    created_at: '2026-01-01T00:00:00.000Z',
    resolved_at: null,
    reminders: 0,
    owner: null,
    owned_since: null,
    owners: [],
    ...changes,
  };
}

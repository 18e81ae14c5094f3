// The only way to raise an alert: the decision is logged once while it is open, however often it is raised (R-ESC-1).
import type { Query } from '../../store/database.ts';
import { type AlertFields, raiseAlert } from '../../store/failures/alerts.ts';
import type { Decision } from '../../store/work/work-orders/decisions.ts';

type Log = (query: Query, decision: Decision) => Promise<unknown>;

export async function raiseWith(
  log: Log,
  query: Query,
  alert: AlertFields,
): Promise<{ id: string; isNew: boolean }> {
  const raised = await raiseAlert(query, alert);
  if (!raised.isNew) return raised;
  const { message, severity, component, operation, code } = alert;
  await log(query, {
    workOrderId: null,
    kind: 'escalation',
    agentType: component,
    input: { code, operation, because: message },
    output: { as: 'alert', alertId: raised.id, severity },
  });
  return raised;
}

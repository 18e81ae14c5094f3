// Raises an alert, notifies the channels and logs the decision once while it is open, however often it is raised.

import type { Query } from '../../../store/database.ts';
import { type AlertFields, raiseAlert } from '../../../store/failures/alerts.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { notifyChannels } from './notify-channels.ts';

export async function raiseAndNotify(
  query: Query,
  alert: AlertFields,
  advice = '',
  exceptChannel?: string,
): Promise<void> {
  const { id, isNew } = await raiseAlert(query, alert);
  if (!isNew) return;
  const { message, severity, component, operation, code } = alert;
  await logDecision(query, {
    workOrderId: null,
    kind: 'escalation',
    agentType: component,
    input: { code, operation, because: message },
    output: { as: 'alert', alertId: id, severity },
  });
  await notifyChannels(query, {
    kind: 'alert.raised',
    subjectId: id,
    ...(exceptChannel && { exceptChannel }),
    payload: { title: message, text: advice, severity, path: '/alerts' },
  });
}

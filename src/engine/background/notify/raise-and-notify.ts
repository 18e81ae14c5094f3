// Raises an alert, notifies the channels and logs the decision once while it is open, however often it is raised.

import type { Query } from '../../../store/database.ts';
import type { AlertFields } from '../../../store/failures/alerts.ts';
import { raiseQuietly } from '../../errors/log-decision.ts';
import { notifyChannels } from './notify-channels.ts';

export async function raiseAndNotify(
  query: Query,
  alert: AlertFields,
  advice = '',
  exceptChannel?: string,
): Promise<void> {
  const { id, isNew } = await raiseQuietly(query, alert);
  if (!isNew) return;
  const { message, severity } = alert;
  await notifyChannels(query, {
    kind: 'alert.raised',
    subjectId: id,
    ...(exceptChannel && { exceptChannel }),
    payload: { title: message, text: advice, severity, path: '/alerts' },
  });
}

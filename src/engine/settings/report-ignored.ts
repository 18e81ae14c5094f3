// Raises an alert for each ignored row until it is fixed, so that nothing is ignored silently.
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { openAlertKeys, resolveAlert } from '../../store/failures/alerts.ts';
import { raiseQuietly } from '../errors/log-decision.ts';
import type { IgnoredRow } from './apply-settings.ts';

export const ignoredCode = 'SETTING_IGNORED';
const prefix = 'setting:';

export function reportIgnored({ database, logger }: { database: Database; logger: Logger }) {
  return async (ignored: readonly IgnoredRow[]): Promise<void> => {
    for (const { key, because } of ignored) logger.warn({ key, because }, 'ignoring invalid setting');
    await database.transaction(async (query) => {
      const keys = new Set(ignored.map(({ key }) => prefix + key));
      for (const { key, because } of ignored)
        await raiseQuietly(query, {
          key: prefix + key,
          severity: 'high',
          component: 'settings',
          operation: 'read',
          code: ignoredCode,
          message: `Moose ignores the setting ${key}: ${because}. The default applies. Set it again, or \`moose config unset ${key}\`.`,
          metadata: { setting: key },
        });
      for (const open of await openAlertKeys(query, prefix))
        if (!keys.has(open)) await resolveAlert(query, open, 'moose');
    });
  };
}

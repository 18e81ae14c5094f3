// Settings with their history, models, agents, and the audit log.

import { audited } from '../engine/access/audited.ts';
import type { Api, ApiDeps } from './app.ts';
import * as routes from './routes/settings.ts';

/** A longer value is only in the setting's history. */
const auditedCharsMax = 2_000;

export function addSettings(api: Api, { database }: ApiDeps): void {
  api.openapi(routes.settings, async (c) => c.json({ items: await c.get('moose').settings.list() }, 200));
  api.openapi(routes.changeSetting, async (c) => {
    const { key } = c.req.valid('param');
    const { value, expected_version: expectedVersion } = c.req.valid('json');
    const { settings } = c.get('moose');
    const by = c.get('caller').actor;
    const detail = { value: brief(value), expected_version: expectedVersion ?? null };
    const changed = await audited(
      database,
      { by, act: 'setting.change', subject: key, detail },
      c.get('signal'),
      () => settings.change(key, { value, expectedVersion }),
    );
    return c.json(changed, 200);
  });
  api.openapi(routes.settingHistory, async (c) => {
    const { key } = c.req.valid('param');
    return c.json(await c.get('moose').settings.history(key, c.req.valid('query')), 200);
  });
  api.openapi(routes.models, async (c) => c.json({ items: await c.get('moose').settings.models() }, 200));
  api.openapi(routes.agents, async (c) => c.json({ items: await c.get('moose').settings.agents() }, 200));
  api.openapi(routes.auditLog, async (c) =>
    c.json(await c.get('moose').settings.audit(c.req.valid('query')), 200),
  );
}

function brief(value: unknown): unknown {
  const text = JSON.stringify(value) ?? '';
  return text.length <= auditedCharsMax ? (value ?? null) : `${text.length} characters: see its history`;
}

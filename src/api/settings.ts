// Settings with their history, models, agents, and the audit log.

import {
  changeSetting,
  listAgents,
  listAuditLog,
  listModels,
  listSettingHistory,
  listSettings,
  showSetting,
} from '../contract/operations/settings.ts';
import type { Api } from './request/api.ts';

export function addSettings(api: Api): void {
  api.openapi(listSettings, async (c) => c.json({ items: await c.get('moose').settings.list() }, 200));
  api.openapi(showSetting, async (c) =>
    c.json(await c.get('moose').settings.one(c.req.valid('param').key), 200),
  );
  api.openapi(changeSetting, async (c) => {
    const { key } = c.req.valid('param');
    const { value, expected_version: expectedVersion } = c.req.valid('json');
    const { settings } = c.get('moose');
    const detail = { value, expected_version: expectedVersion ?? null };
    const changed = await c
      .get('audit')
      .write({ subject: key, detail }, () => settings.change(key, { value, expectedVersion }));
    return c.json(changed, 200);
  });
  api.openapi(listSettingHistory, async (c) => {
    const { key } = c.req.valid('param');
    return c.json(await c.get('moose').settings.history(key, c.req.valid('query')), 200);
  });
  api.openapi(listModels, async (c) => c.json({ items: await c.get('moose').settings.models() }, 200));
  api.openapi(listAgents, async (c) => c.json({ items: await c.get('moose').settings.agents() }, 200));
  api.openapi(listAuditLog, async (c) =>
    c.json(await c.get('moose').settings.audit(c.req.valid('query')), 200),
  );
}

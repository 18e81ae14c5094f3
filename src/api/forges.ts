// The forges that people register, and what Moose may do there.

import { checkForges, listForges, registerForge, removeForge } from '../contract/operations/forges.ts';
import type { Api } from './request/api.ts';

export function addForges(api: Api): void {
  api.openapi(listForges, async (c) => c.json({ items: await c.get('moose').forges.list() }, 200));
  api.openapi(checkForges, async (c) => {
    const { of } = c.req.valid('json');
    return c.json({ items: await c.get('moose').forges.check(of, c.get('signal')) }, 200);
  });
  api.openapi(registerForge, async (c) => {
    const given = c.req.valid('json');
    // It names where the credential is, never the credential.
    const entry = { subject: given.host, detail: given };
    return c.json(await c.get('audit').write(entry, () => c.get('moose').forges.add(given)), 200);
  });
  api.openapi(removeForge, async (c) => {
    const { host } = c.req.valid('param');
    return c.json(
      await c.get('audit').write({ subject: host }, () => c.get('moose').forges.remove(host)),
      200,
    );
  });
}

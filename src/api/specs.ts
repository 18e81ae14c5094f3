// Specs: estimates, uploads, and the stored ones.

import type { Spec } from '../contract/contract.ts';
import { audited } from '../engine/access/audited.ts';
import type { Api, ApiDeps } from './app.ts';
import { idempotent } from './idempotent.ts';
import * as routes from './routes/specs.ts';

export function addSpecs(api: Api, { database }: ApiDeps): void {
  api.openapi(routes.estimateSpec, async (c) =>
    c.json(await c.get('moose').specs.estimate(c.req.valid('json').content), 200),
  );
  api.openapi(routes.uploadSpec, async (c) => {
    const { name, content, project } = c.req.valid('json');
    const { body } = await idempotent<Spec>(c, { database }, async (id) => {
      const detail = { name, bytes: Buffer.byteLength(content), project: project ?? null };
      const entry = { by: c.get('caller').actor, act: 'spec.upload', subject: id, detail };
      const made = await audited(database, entry, c.get('signal'), () =>
        c.get('moose').specs.upload({ name, content, project }, id),
      );
      return { status: 201, body: made };
    });
    return c.json(body, 201);
  });
  api.openapi(routes.specs, async (c) => {
    const { cursor, limit } = c.req.valid('query');
    const page = await c.get('moose').specs.page({ limit, ...(cursor === undefined ? {} : { cursor }) });
    return c.json(page, 200);
  });
  api.openapi(routes.spec, async (c) => c.json(await c.get('moose').specs.one(c.req.valid('param').id), 200));
}

// Specs: estimates, uploads, and the stored ones.

import type { Spec, SpecPlanning } from '../contract/contract.ts';
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
  addPlans(api, database);
}

function addPlans(api: Api, database: ApiDeps['database']): void {
  const told = <T>(
    c: { get(name: 'caller'): { actor: string }; get(name: 'signal'): AbortSignal },
    act: string,
    subject: string,
    change: () => Promise<T>,
  ) => audited(database, { by: c.get('caller').actor, act, subject, detail: {} }, c.get('signal'), change);
  api.openapi(routes.askPlan, async (c) => {
    const { id } = await c.get('moose').specs.one(c.req.valid('param').id);
    const wanted = c.req.valid('json');
    const { body } = await idempotent<SpecPlanning>(c, { database }, async (planningId) => {
      const asked = () => c.get('moose').specs.plan(id, wanted, planningId);
      return { status: 202, body: await told(c, 'spec.plan', id, asked) };
    });
    return c.json(body, 202);
  });
  api.openapi(routes.specPlanning, async (c) =>
    c.json({ planning: await c.get('moose').specs.planning(c.req.valid('param').id) }, 200),
  );
  api.openapi(routes.cancelPlanning, async (c) => {
    const { id } = await c.get('moose').specs.one(c.req.valid('param').id);
    const planning = await told(c, 'spec.plan.cancel', id, () => c.get('moose').specs.cancelPlanning(id));
    return c.json({ planning }, 200);
  });
  api.openapi(routes.specPlan, async (c) =>
    c.json(await c.get('moose').specs.planOf(c.req.valid('param').id, versionIn(c.req.valid('query'))), 200),
  );
  api.openapi(routes.planChanges, async (c) =>
    c.json(
      await c.get('moose').specs.planChanges(c.req.valid('param').id, versionIn(c.req.valid('query'))),
      200,
    ),
  );
  api.openapi(routes.specDecisions, async (c) =>
    c.json(await c.get('moose').specs.decisions(c.req.valid('param').id), 200),
  );
  api.openapi(routes.planVersions, async (c) =>
    c.json({ items: await c.get('moose').specs.planVersions(c.req.valid('param').id) }, 200),
  );
  api.openapi(routes.specContracts, async (c) =>
    c.json(await c.get('moose').specs.contracts(c.req.valid('param').id), 200),
  );
  api.openapi(routes.editPlan, async (c) => {
    const { id } = await c.get('moose').specs.one(c.req.valid('param').id);
    const edit = c.req.valid('json');
    return c.json(await told(c, 'spec.plan.edit', id, () => c.get('moose').specs.editPlan(id, edit)), 200);
  });
}

const versionIn = ({ version }: { version?: string | undefined }) =>
  version === undefined ? undefined : Number(version);

// Specs: estimates, uploads, and the stored ones.
import type { Spec, SpecPlanning } from '../contract/contract.ts';
import {
  cancelSpecPlanning,
  editSpecPlan,
  estimateSpec,
  listSpecContracts,
  listSpecDecisions,
  listSpecPlans,
  listSpecs,
  planSpec,
  showSpec,
  showSpecPlan,
  showSpecPlanChanges,
  showSpecPlanning,
  uploadSpec,
} from '../contract/operations/specs.ts';
import type { Api } from './request/api.ts';
import type { ApiDeps } from './request/api-deps.ts';
import { idempotent } from './request/idempotent.ts';

export function addSpecs(api: Api, { database }: ApiDeps): void {
  api.openapi(estimateSpec, async (c) =>
    c.json(await c.get('moose').specs.estimate(c.req.valid('json').content), 200),
  );
  api.openapi(uploadSpec, async (c) => {
    const { name, content, project } = c.req.valid('json');
    const { body } = await idempotent<Spec>(c, { database }, async (id) => {
      const detail = { name, bytes: Buffer.byteLength(content), project: project ?? null };
      const made = await c
        .get('audit')
        .write({ subject: id, detail }, () => c.get('moose').specs.upload({ name, content, project }, id));
      return { status: 201, body: made };
    });
    return c.json(body, 201);
  });
  api.openapi(listSpecs, async (c) => {
    const { cursor, limit } = c.req.valid('query');
    const page = await c.get('moose').specs.page({ limit, ...(cursor === undefined ? {} : { cursor }) });
    return c.json(page, 200);
  });
  api.openapi(showSpec, async (c) => c.json(await c.get('moose').specs.one(c.req.valid('param').id), 200));
  addPlans(api, database);
}

function addPlans(api: Api, database: ApiDeps['database']): void {
  api.openapi(planSpec, async (c) => {
    const { id } = await c.get('moose').specs.one(c.req.valid('param').id);
    const wanted = c.req.valid('json');
    const { body } = await idempotent<SpecPlanning>(c, { database }, async (planningId) => {
      const asked = () => c.get('moose').specs.plan(id, wanted, planningId);
      return { status: 202, body: await c.get('audit').write({ subject: id }, asked) };
    });
    return c.json(body, 202);
  });
  api.openapi(showSpecPlanning, async (c) =>
    c.json({ planning: await c.get('moose').specs.planning(c.req.valid('param').id) }, 200),
  );
  api.openapi(cancelSpecPlanning, async (c) => {
    const { id } = await c.get('moose').specs.one(c.req.valid('param').id);
    const asked = () => c.get('moose').specs.cancelPlanning(id);
    const planning = await c.get('audit').write({ subject: id }, asked);
    return c.json({ planning }, 200);
  });
  api.openapi(showSpecPlan, async (c) =>
    c.json(await c.get('moose').specs.planOf(c.req.valid('param').id, versionIn(c.req.valid('query'))), 200),
  );
  api.openapi(showSpecPlanChanges, async (c) =>
    c.json(
      await c.get('moose').specs.planChanges(c.req.valid('param').id, versionIn(c.req.valid('query'))),
      200,
    ),
  );
  api.openapi(listSpecDecisions, async (c) =>
    c.json(await c.get('moose').specs.decisions(c.req.valid('param').id), 200),
  );
  api.openapi(listSpecPlans, async (c) =>
    c.json({ items: await c.get('moose').specs.planVersions(c.req.valid('param').id) }, 200),
  );
  api.openapi(listSpecContracts, async (c) =>
    c.json(await c.get('moose').specs.contracts(c.req.valid('param').id), 200),
  );
  api.openapi(editSpecPlan, async (c) => {
    const { id } = await c.get('moose').specs.one(c.req.valid('param').id);
    const edit = c.req.valid('json');
    const asked = () => c.get('moose').specs.editPlan(id, edit);
    return c.json(await c.get('audit').write({ subject: id }, asked), 200);
  });
}

const versionIn = ({ version }: { version?: string | undefined }) =>
  version === undefined ? undefined : Number(version);

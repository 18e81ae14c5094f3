// What the invented week contains of specs: one that is built, with estimates beside its costs, and one that
// is blocked by a part.
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Dice } from './random.ts';
import { addRow, type Row, type Rows } from './rows.ts';
import { iso } from './story-log.ts';

const usd = 1e9;
const by = 'human:ada';

interface Part {
  key: string;
  order: Row;
  after: readonly string[];
}

/** The ID of the spec that is held back; undefined if the week is too small for it. */
export function addSpecs(dice: Dice, rows: Rows, nowMs: number): string | undefined {
  const orders = rows.get('work_orders') ?? [];
  const take = (status: string, count: number) =>
    orders.filter((order) => order.status === status && order.spec_id === undefined).slice(-count);
  const built = take('completed', 5);
  const [stopped] = take('needs_review', 1);
  const [waiting] = take('pending', 1);
  if (built.length < 5 || !stopped || !waiting) return undefined;
  const [basket, tax, totals, invoice, mail] = built as [Row, Row, Row, Row, Row];
  addSpec(dice, rows, { name: 'Invoices with tax', state: 'done', atMs: nowMs - 5 * 3_600_000 }, [
    { key: 'basket', order: basket, after: [] },
    { key: 'tax', order: tax, after: [] },
    { key: 'totals', order: totals, after: ['basket', 'tax'] },
    { key: 'invoice', order: invoice, after: ['totals'] },
    { key: 'mail', order: mail, after: [] },
  ]);
  return addSpec(dice, rows, { name: 'Address book', state: 'running', atMs: nowMs - 3_600_000 }, [
    { key: 'addresses', order: stopped, after: [] },
    { key: 'import', order: waiting, after: ['addresses'] },
  ]);
}

function addSpec(
  dice: Dice,
  rows: Rows,
  { name, state, atMs }: { name: string; state: string; atMs: number },
  parts: readonly Part[],
): string {
  const id = dice.uuid();
  const at = iso(atMs);
  addRow(rows, 'specs', {
    id,
    name,
    project_id: parts[0]?.order.project_id,
    content: `# ${name}\n\nBuild it.\n`,
    estimate,
    created_by: by,
    created_at: at,
    run_state: state,
    approved_version: 1,
    approved_by: by,
    approved_at: at,
    run_changed_by: by,
    run_changed_at: at,
  });
  const plan = planOf(name, parts);
  addRow(rows, 'spec_plans', {
    id: dice.uuid(),
    spec_id: id,
    version: 1,
    plan,
    problems: [],
    planning_id: null,
    created_at: at,
    made_by: by,
    because: 'edited',
    is_aside: false,
  });
  for (const [index, part] of parts.entries()) addPart(rows, id, { part, parts, index, at });
  return id;
}

function addPart(
  rows: Rows,
  specId: string,
  {
    part: { key, order, after },
    parts,
    index,
    at,
  }: { part: Part; parts: readonly Part[]; index: number; at: string },
): void {
  const isWaiting = order.status === 'pending';
  Object.assign(order, { spec_id: specId, plan_key: key, waits_for: isWaiting ? after.length : 0 });
  if (isWaiting) order.run = 0;
  for (const other of after)
    addRow(rows, 'work_order_dependencies', {
      work_order_id: order.id,
      depends_on: parts.find((one) => one.key === other)?.order.id,
      met_at: isWaiting ? null : at,
      how: 'branch',
    });
  // One of them costs more than its range said.
  const cost = Math.max(Number(order.cost_nano_usd), 0.1 * usd);
  const [low, mid, high] = index === 2 ? [0.2, 0.4, 0.8] : [0.5, 1.1, 2];
  addRow(rows, 'work_order_estimates', {
    spec_id: specId,
    version: 1,
    plan_key: key,
    kind: 'source',
    complexity: 0.3,
    created_at: at,
    low_nano_usd: Math.round(cost * low),
    mid_nano_usd: Math.round(cost * mid),
    high_nano_usd: Math.round(cost * high),
    basis: index % 2 === 0 ? 'kind' : 'policy',
    sample: 24,
  });
}

function planOf(name: string, parts: readonly Part[]): Plan {
  return {
    summary: `${name}: the parts that others rely on come first.`,
    work_orders: parts.map(({ key, order, after }) => ({
      key,
      title: String(order.title),
      description: `Write src/${key}.ts.`,
      depends_on: [...after],
      acceptance: [{ text: `${key} works`, proof: 'test', target: `src/${key}.test.ts` }],
      files: ['ts', 'test.ts'].map((end) => ({
        path: `src/${key}.${end}`,
        act: 'create',
        kind: end === 'ts' ? 'source' : 'test',
      })),
      complexity: 0.3,
    })),
    contracts: [],
  };
}

const estimate = {
  tokens: 12,
  sections: 1,
  architect_model: 'anthropic/claude-opus-4-5',
  architect_usd: 0.9,
  work_orders: { low: 2, high: 5 },
  work_usd: { low: 1, high: 6 },
  basis: '950 finished work orders',
  warnings: [],
};

// Faults on a demo, by the press of a button. Every other Moose refuses.
import {
  type Demo,
  type DemoStrike,
  demoSchema,
  demoStrikeSchema,
  newStrikeSchema,
} from '../contract/contract.ts';
import { apiFailures } from './failure-catalogue.ts';
import type { Api } from './request/api.ts';
import { body, defineRoute, json, problems, reading } from './route-parts.ts';

const demoRoute = defineRoute({
  ...reading(
    '/api/demo',
    'List the faults of a demo, and how Moose handled those that were injected; only on a demo',
  ),
  responses: { 200: json(demoSchema, 'The current state.'), ...problems(401, 404) },
});

const strikeDemoRoute = defineRoute({
  method: 'post',
  path: '/api/demo/strikes',
  summary: 'Submit work and inject a fault into it; only on a demo',
  role: 'operator',
  audit: 'demo.fault',
  request: body(newStrikeSchema),
  responses: {
    202: json(demoStrikeSchema, 'The fault that has just begun.'),
    ...problems(400, 401, 404, 409, 413, 415),
  },
});

/** Only `moose demo` has it. */
export interface DemoFaults {
  state(): Demo;
  /** Begins the fault, and does not wait for its end. @throws DEMO_FAULT_UNKNOWN, DEMO_FAULT_RUNNING */
  strike(fault: string): DemoStrike;
}

interface Deps {
  demo?: DemoFaults;
}

export function addDemo(api: Api, { demo }: Deps): void {
  api.openapi(demoRoute, (c) => c.json(present(demo).state(), 200));
  api.openapi(strikeDemoRoute, async (c) => {
    const faults = present(demo);
    const { fault } = c.req.valid('json');
    const strike = await c.get('audit').write({ subject: fault }, async () => faults.strike(fault));
    return c.json(strike, 202);
  });
}

function present(demo: DemoFaults | undefined): DemoFaults {
  if (demo) return demo;
  throw apiFailures.DEMO_ONLY('demo');
}

// Faults on a demo, by the press of a button. Every other Moose refuses.

import type { Demo, DemoStrike } from '../contract/contract.ts';
import { audited } from '../engine/access/audited.ts';
import type { Database } from '../store/database.ts';
import type { Api } from './app.ts';
import { apiFailures } from './failure-catalogue.ts';
import * as routes from './routes/demo.ts';

/** Only `moose demo` has it. */
export interface DemoFaults {
  state(): Demo;
  /** Begins the fault, and does not wait for its end. @throws DEMO_FAULT_UNKNOWN, DEMO_FAULT_RUNNING */
  strike(fault: string): DemoStrike;
}

interface Deps {
  database: Database;
  demo?: DemoFaults;
}

export function addDemo(api: Api, { database, demo }: Deps): void {
  api.openapi(routes.demo, (c) => c.json(present(demo).state(), 200));
  api.openapi(routes.strikeDemo, async (c) => {
    const faults = present(demo);
    const { fault } = c.req.valid('json');
    const entry = { by: c.get('caller').actor, act: 'demo.fault', subject: fault, detail: {} };
    const strike = await audited(database, entry, c.get('signal'), async () => faults.strike(fault));
    return c.json(strike, 202);
  });
}

function present(demo: DemoFaults | undefined): DemoFaults {
  if (demo) return demo;
  throw apiFailures.DEMO_ONLY('demo');
}

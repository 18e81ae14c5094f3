// Faults on a demo, by the press of a button. Every other Moose refuses.
import type { Demo, DemoStrike } from '../contract/contract.ts';
import { PermanentError } from '../domain/failure.ts';
import { audited } from '../engine/access/audited.ts';
import type { Database } from '../store/database.ts';
import type { Api } from './app.ts';
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
  throw new PermanentError({
    code: 'DEMO_ONLY',
    component: 'api',
    operation: 'demo',
    message: 'This Moose does real work. Faults can be injected only into a demo.',
    advice: 'Start a demo with `moose demo --serve`, and open the address that it prints.',
  });
}

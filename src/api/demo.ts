// Faults on a demo, by the press of a button. Every other Moose refuses.
import type { Demo, DemoStrike } from '../contract/contract.ts';
import { injectDemoFault, showDemo } from '../contract/operations/demo.ts';
import { apiFailures } from './failure-catalogue.ts';
import type { Api } from './request/api.ts';

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
  api.openapi(showDemo, (c) => c.json(present(demo).state(), 200));
  api.openapi(injectDemoFault, async (c) => {
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

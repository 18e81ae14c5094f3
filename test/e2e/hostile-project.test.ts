// A project whose agents crash delays its own work only, on every machine (R-GO-3).
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openGround } from './ground.fixture.ts';
import { startMachine } from './own-machine.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

const seen = { timeout: 60_000 };

test.skipIf(process.getuid?.() !== 0)(
  'R-GO-3: one project whose agents crash does not delay the work of another one, on two machines',
  async () => {
    const ground = await openGround({}, { works: false });
    onTestFinished(() => ground.close());
    const { moose } = ground.opened;
    const machines = ['alpha', 'beta'];
    const on = (machine: string) => [`machine=${machine}`];
    for (const machine of machines) {
      const env = {
        MOOSE_LABELS: `machine=${machine}`,
        MOOSE_CIRCUIT_FAILURES: '2',
        MOOSE_CIRCUIT_RECOVERY_MS: '600000',
      };
      await startMachine(ground, machine, env);
    }
    const hostile = await makeRepository(join(ground.directory, 'hostile'));
    const dies = { repositoryPath: hostile, agent: 'claude-code', description: 'Behave: die' };
    for (const labels of [on('alpha'), on('beta'), []]) await ground.submit({ ...dies, labels });
    const open = async () =>
      (await moose.circuits())
        .filter(({ key, phase }) => key.startsWith('agent:') && phase !== 'closed')
        .map(({ key }) => key)
        .sort();
    await expect.poll(open, seen).toEqual(machines.map((name) => `agent:claude-code@${name}/hostile`));
    const good = await makeRepository(join(ground.directory, 'good'));
    const works = { repositoryPath: good, agent: 'claude-code', description: 'Behave: well' };
    const labels = [...machines, ...machines].map(on);
    const orders = await Promise.all(labels.map((each) => ground.submit({ ...works, labels: each })));
    for (const { id } of orders)
      expect(await ground.settled(id)).toMatchObject({
        status: 'completed',
        errors: [],
        counters: { agent_runs: 1 },
      });
    expect(await open()).toEqual(machines.map((name) => `agent:claude-code@${name}/hostile`));
  },
  180_000,
);

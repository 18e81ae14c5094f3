import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { PermanentError, TransientError } from '../../domain/failure.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { type AgentCall, isCircuitOfAgent, throughAgentCircuits } from './agent-circuits.ts';
import { createCircuits } from './circuits.ts';

const never = new AbortController().signal;
const threshold = 5;

const failure = (code: string, component = 'agents') =>
  new TransientError({ code, component, operation: 'apply', message: 'It failed.', advice: 'Look.' });
const crash = failure('AGENT_CRASHED');
const refused = new PermanentError({
  code: 'AGENT_REFUSED_CHANGE',
  component: 'agents',
  operation: 'apply',
  message: 'No.',
  advice: 'Look.',
});

/** The circuits of one machine. Machines on one database learn of each other's circuits. */
function machineOn(database: Database, executorId: string) {
  const circuits = createCircuits({ database, executorId, clock: systemClock, onFailure: () => undefined });
  onTestFinished(() => circuits.close());
  const call = async (where: Partial<AgentCall>, thrown: Error | null = null): Promise<string> => {
    const work = async () => {
      if (thrown) throw thrown;
      return 'done';
    };
    const asked = { agent: 'codex', host: executorId, project: 'shop', ...where };
    return throughAgentCircuits(circuits, asked, never, work).catch((cause) => cause.code);
  };
  const fail = async (where: Partial<AgentCall>, thrown: Error = crash) => {
    for (let count = 0; count < threshold; count += 1) await call(where, thrown);
  };
  const shut = () =>
    circuits
      .states()
      .filter(({ phase }) => phase !== 'closed')
      .map(({ key }) => key)
      .sort();
  return { circuits, call, fail, shut };
}

test("R-GO-3, R-PIPE-10: one project's crashing agent does not delay another project, on its machine or elsewhere", async () => {
  const database = await testDatabase();
  const [here, there] = [machineOn(database, 'here'), machineOn(database, 'there')];
  await here.fail({ project: 'hostile' });
  expect(here.shut()).toEqual(['agent:codex@here/hostile']);
  expect(await here.call({ project: 'hostile' })).toBe('CIRCUIT_OPEN');
  expect(await here.call({ project: 'shop' })).toBe('done');
  await expect.poll(there.shut).toEqual(['agent:codex@here/hostile']);
  expect(await there.call({ project: 'hostile' })).toBe('done');
});

test('R-GO-3: if two projects fail, their machine is paused; if two machines fail, the agent is', async () => {
  const database = await testDatabase();
  const [here, there] = [machineOn(database, 'here'), machineOn(database, 'there')];
  await here.fail({ project: 'one' });
  await here.fail({ project: 'two' });
  expect(here.shut()).toEqual(['agent:codex@here', 'agent:codex@here/one', 'agent:codex@here/two']);
  expect(await here.call({ project: 'three' })).toBe('CIRCUIT_OPEN');
  expect(await here.call({ agent: 'pi', project: 'three' })).toBe('done');
  await expect.poll(there.shut).toContain('agent:codex@here');
  expect(await there.call({ project: 'three' })).toBe('done');
  await there.fail({ project: 'one' });
  expect(there.shut()).not.toContain('agent:codex');
  await there.fail({ project: 'two' });
  expect(there.shut()).toContain('agent:codex');
  await expect.poll(here.shut).toContain('agent:codex');
});

test.each([
  ['the gateway', failure('GATEWAY_UNAVAILABLE', 'gateway')],
  ['a lock in git', failure('GIT_LOCKED', 'git')],
  ['a broken worktree', failure('WORKTREE_GONE', 'pipeline')],
  ["a person's short time limit", failure('AGENT_TIMED_OUT')],
  ['Moose itself, which did not serve it', failure('AGENT_UNSERVED')],
  ['a refused change', refused],
])('R-GO-3: fear: %s pauses an agent', async (_, thrown) => {
  const machine = machineOn(await testDatabase(), 'here');
  await machine.fail({ project: 'one' }, thrown);
  await machine.fail({ project: 'two' }, thrown);
  expect(machine.shut()).toEqual([]);
});

test('R-GO-3: an agent that works again closes all of its circuits', async () => {
  const database = await testDatabase();
  let nowMs = Date.now();
  const circuits = createCircuits({
    database,
    executorId: 'here',
    clock: { now: () => new Date(nowMs) },
    onFailure: () => undefined,
  });
  onTestFinished(() => circuits.close());
  const call = (project: string, thrown: Error | null) =>
    throughAgentCircuits(circuits, { agent: 'codex', host: 'here', project }, never, async () => {
      if (thrown) throw thrown;
    }).catch(() => undefined);
  for (const project of ['one', 'two']) for (let n = 0; n < threshold; n += 1) await call(project, crash);
  const shut = () => circuits.states().filter(({ phase }) => phase !== 'closed').length;
  expect(shut()).toBe(3);
  for (let n = 0; n < 20 && shut() > 0; n += 1) {
    nowMs += 60 * 60_000;
    for (const project of ['one', 'two']) await call(project, null);
  }
  expect(shut()).toBe(0);
});

test('a circuit belongs to its agent, and not to one with a longer name', () => {
  expect(isCircuitOfAgent('agent:pi', 'pi')).toBe(true);
  expect(isCircuitOfAgent('agent:pi@host/shop', 'pi')).toBe(true);
  expect(isCircuitOfAgent('agent:pilot', 'pi')).toBe(false);
});

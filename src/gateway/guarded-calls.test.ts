// What the circuits do before a call, and what they learn from it.
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { TransientError } from '../domain/failure.ts';
import { defaultCircuitPolicy } from '../resilience/circuit.ts';
import { CircuitHolder } from '../resilience/circuit-holder.ts';
import { outcomeOf } from '../resilience/outcome-of.ts';
import { isCircuitOpen, throughCircuit } from '../resilience/through-circuit.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { type CallGuard, guardThrough } from './calls/guard.ts';
import { ask, callRows, gatewayGround } from './gateway-ground.fixture.ts';
import { answersMessage, message } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();

function circuitFor({ pauseMs }: { pauseMs: number }) {
  const circuit = new CircuitHolder({
    key: 'provider:scripted',
    policy: { ...defaultCircuitPolicy, failureThreshold: 2, recoveryTimeoutMs: pauseMs, halfOpenMaxCalls: 1 },
    now: () => performance.now(),
  });
  const signal = new AbortController().signal;
  const guard: CallGuard = guardThrough({
    through: (_target, call) => throughCircuit(circuit, { classify: outcomeOf, signal }, call),
    failureOf: (_target, { failure }) =>
      failure === null || failure === 'bad_request'
        ? null
        : new TransientError({
            code: 'MODEL_OVERLOADED',
            component: 'models',
            operation: 'generate',
            message: failure,
          }),
    openFor: (rejection) =>
      isCircuitOpen(rejection) ? ((rejection as TransientError).retryAfterMs ?? 0) : null,
  });
  return { circuit, guard };
}

const down = (_request: unknown, answer: ServerResponse) => void answer.writeHead(500).end('{}');

test('a provider that fails is left alone: the client is told when to retry, and nothing is reserved or sent', async () => {
  const { guard } = circuitFor({ pauseMs: 60_000 });
  const ground = await gatewayGround(shared(), { guard, behave: down });
  await ask(ground);
  await ask(ground);
  const reply = await ask(ground);
  expect(reply).toMatchObject({ status: 503, headers: { 'x-moose-refused': 'circuit_open' } });
  expect(Number(reply.headers['retry-after'])).toBeGreaterThan(50);
  expect(ground.provider.received).toHaveLength(2);
  const refusal = await until('the refusal on record', async () =>
    (await callRows(shared())).find(({ failure }) => failure === 'circuit_open'),
  );
  expect(refusal).toMatchObject({ actualNanoUsd: 0n, httpStatus: 503 });
});

test('a short pause is waited out, and a successful call closes the circuit', async () => {
  const { guard, circuit } = circuitFor({ pauseMs: 50 });
  const ground = await gatewayGround(shared(), { guard, behave: down });
  await ask(ground);
  await ask(ground);
  ground.provider.behave = answersMessage();
  expect(await ask(ground)).toMatchObject({ status: 200 });
  await until('a circuit that is closed', () => circuit.state.phase === 'closed');
});

test("fear: the gateway's own refusals count as failures of the provider", async () => {
  const { guard, circuit } = circuitFor({ pauseMs: 1 });
  const ground = await gatewayGround(shared(), { guard, nanoUsd: 100_000_000n, behave: down });
  await ask(ground, { body: message({ max_tokens: 10 }) });
  await ask(ground, { body: message({ max_tokens: 10 }) });
  expect(circuit.state.phase).toBe('open');
  // The probe is not sent, because there is not enough money for it.
  expect(
    await ask(ground, { body: message({ max_tokens: 60_000, system: 'x'.repeat(100_000) }) }),
  ).toMatchObject({ status: 400 });
  expect(circuit.counts.success).toBe(0);
  expect(circuit.counts.ignored).toBe(1);
});

// The first answer of a model is awaited before other calls to it are sent (R-BUD-11).
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { ModelPrice } from '../../domain/agents/price.ts';
import type { CallLedger } from '../../engine/run/budget/call-ledger.ts';
import { openCallLedger } from '../../engine/run/budget/open-call-ledger.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { ask, callRows, dollar, gatewayGround, price } from '../gateway-ground.fixture.ts';
import type { Behave } from '../scripted-provider.fixture.ts';
import { message, messageRest, messageStart, wholeMessage } from '../scripted-provider.fixture.ts';

const shared = sharedDatabase();
const calls = 8;
const times = (by: bigint): ModelPrice => {
  const [step] = price.steps;
  const dear = {
    ...step,
    input: step.input * by,
    output: step.output * by,
    cacheWrite: step.cacheWrite * by,
  };
  return { ...price, version: 'dear-1', steps: [dear] };
};
const knownAnswers = {
  dearerFor: () => [],
  priceOf: (_asked: string, answered: string) => (answered === 'scripted/dear' ? times(20n) : null),
};
const answers =
  (model: string): Behave =>
  (_request, answer) =>
    answer.end(JSON.stringify({ ...JSON.parse(wholeMessage({ output: 900 })), model }));

test('R-BUD-11: fear: all first calls to an alias are held at its price, and a dearer model bills them', async () => {
  const ground = await gatewayGround(shared(), {
    answersAsAsked: false,
    behave: answers('dear'),
    nanoUsd: dollar,
    knownAnswers,
    limits: { headroomMs: 200 },
  });
  const replies = await Promise.all(Array.from({ length: calls }, () => ask(ground)));
  expect(replies.some(({ status }) => status === 200)).toBe(true);
  const rows = await until('the end of the calls', async () => {
    const all = await callRows(shared());
    return all.every(({ status }) => status !== 'sent') && all;
  });
  // 100 and 900 tokens at twenty times $3 and $15 a million.
  const billed = rows.filter(({ status }) => status === 'settled').length;
  expect(BigInt(billed) * 276_000_000n).toBeLessThanOrEqual(dollar);
  const [first, ...others] = rows.filter(({ status }) => status === 'settled');
  for (const row of others)
    expect(row.reservedNanoUsd).toBeGreaterThanOrEqual(10n * (first?.reservedNanoUsd ?? 0n));
});

test('R-BUD-11: fear: others draw what the first answer has cost beyond its reservation', async () => {
  const over = new AbortController();
  const real = openCallLedger(shared(), {
    signal: over.signal,
    answerMsMax: 60_000,
    leases: { report: () => undefined },
  });
  const unbooked = new Set<string>();
  const unbookedAtDraws: number[] = [];
  const booked =
    <Given extends unknown[]>(book: (callId: string, ...given: Given) => Promise<boolean>) =>
    async (callId: string, ...given: Given) => {
      const isNew = await book(callId, ...given);
      unbooked.delete(callId);
      return isNew;
    };
  const ledger: CallLedger = {
    ...real,
    draw: async (asked) => {
      unbookedAtDraws.push(unbooked.size);
      const answer = await real.draw(asked);
      if (answer.kind === 'drawn') unbooked.add(asked.callId);
      return answer;
    },
    settle: booked(real.settle),
    presume: booked(real.presume),
    void: booked(real.void),
  };
  onTestFinished(() => over.abort());
  const ground = await gatewayGround(shared(), {
    answersAsAsked: false,
    behave: answers('dear'),
    knownAnswers,
    ledger,
  });
  const replies = await Promise.all([ask(ground), ask(ground)]);
  const seen = JSON.stringify([unbookedAtDraws, replies, ground.logged]);
  expect(
    replies.some(({ status }) => status === 200),
    seen,
  ).toBe(true);
  expect(unbookedAtDraws.length, seen).toBeGreaterThan(1);
  expect(new Set(unbookedAtDraws), seen).toEqual(new Set([0]));
});

test('R-BUD-11: others go on once the first answer has come, or has failed', async () => {
  let arrived = 0;
  const open: (() => void)[] = [];
  const ground = await gatewayGround(shared(), {
    answersAsAsked: false,
    behave: (_request, answer) => {
      arrived += 1;
      open.push(() => {
        if (open.length === 1) answer.writeHead(500).end('{"error":{"message":"no"}}');
        else answer.end(wholeMessage());
      });
    },
  });
  const replies = Array.from({ length: calls }, () => ask(ground));
  await until('the first call', () => arrived === 1);
  open[0]?.();
  await until('the second call, after the first has failed', () => arrived === 2);
  expect(open).toHaveLength(2);
  open[1]?.();
  await until('all others at once', () => arrived === calls);
  for (const end of open.slice(2)) end();
  expect((await Promise.all(replies)).filter(({ status }) => status === 200)).toHaveLength(calls - 1);
});

test('R-BUD-11: a call that waits for a first answer ends with its client, and with its time', async () => {
  const ground = await gatewayGround(shared(), {
    answersAsAsked: false,
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      answer.write(messageStart());
      finish = () => answer.end(messageRest());
    },
    limits: { firstAnswerMs: 100 },
  });
  let finish = () => {};
  const first = ask(ground, { body: message({ stream: true }) });
  await until('the first call', () => ground.provider.received.length === 1);
  expect(await ask(ground)).toMatchObject({ status: 503, headers: { 'x-moose-refused': 'overloaded' } });
  expect(ground.provider.received).toHaveLength(1);
  finish();
  expect(await first).toMatchObject({ status: 200, isWhole: true });
});

test('R-BUD-11: what an alias has counted does not bound a call that another model may answer', async () => {
  const ground = await gatewayGround(shared(), {
    answersAsAsked: false,
    behave: answers('cheap'),
    knownAnswers: { ...knownAnswers, priceOf: () => price },
  });
  const body = message({ system: 'word '.repeat(2_000) });
  for (let number = 0; number < 2; number += 1) await ask(ground, { body });
  const rows = await until('both calls', async () => {
    const all = await callRows(shared());
    return all.length === 2 && all;
  });
  expect(rows[1]?.reservedNanoUsd).toBe(rows[0]?.reservedNanoUsd);
});

test('R-BUD-10: a router that takes a highest price gets the one that was reserved', async () => {
  const ground = await gatewayGround(shared(), { behave: answers('m-1'), takesPriceCap: true });
  const headers = { authorization: `Bearer ${ground.key.secret}` };
  const messages = [{ role: 'user', content: 'Mend it' }];
  for (const body of [
    `{"model":"m-1","messages":${JSON.stringify(messages)}}`,
    ` { "model": "m-1" ,"messages": [{"role":"user","content":"{"}] } `,
  ])
    await ask(ground, { path: '/v1/chat/completions', headers, body });
  for (const { body } of ground.provider.received)
    expect(JSON.parse(body)).toMatchObject({
      provider: { max_price: { prompt: 3.75, completion: 15, request: 0 } },
      model: 'm-1',
    });
  const own = JSON.stringify({ model: 'm-1', messages, provider: { max_price: { prompt: 99 } } });
  expect(await ask(ground, { path: '/v1/chat/completions', headers, body: own })).toMatchObject({
    status: 400,
  });
  expect(ground.provider.received).toHaveLength(2);
});

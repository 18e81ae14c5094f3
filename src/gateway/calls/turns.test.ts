// An alias, a router or an unknown host may answer with another model at any time: calls beside each other are held at the
// dearest one, and sessions take turns (R-BUD-11).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { dearerPrice } from '../../domain/agents/price.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { aProxy } from '../../stdx/http/forward-proxy.fixture.ts';
import { forwardProxyIn } from '../../stdx/http/forward-proxy.ts';
import {
  aKey,
  ask,
  callRows,
  dollar,
  type GroundOptions,
  gatewayGround,
  price,
} from '../gateway-ground.fixture.ts';
import {
  type Behave,
  message,
  messageRest,
  messageStart,
  wholeMessage,
} from '../scripted-provider.fixture.ts';
import { FirstAnswers } from './first-answers.ts';

const shared = sharedDatabase();
const dear = { ...dearerPrice(price, 200n), version: 'dear-1' };
const knownAnswers = {
  dearerFor: () => [],
  priceOf: (_asked: string, answered: string) => (answered === 'scripted/dear' ? dear : null),
  dearestOf: () => dear,
};
const answerOf = (model: string) => JSON.stringify({ ...JSON.parse(wholeMessage({ output: 900 })), model });
/** 100 and 900 tokens at twenty times $3 and $15 a million. */
const billedNanoUsd = 276_000_000n;

/** Answers as the model that was asked for, and after this many calls as the dear one, once all others have arrived. */
function moves(after: number, model: string, isStream = false, before = 'm-1'): Behave {
  let count = 0;
  return (_request, answer) => {
    count += 1;
    const named = count > after ? model : before;
    if (!isStream) return answer.end(answerOf(named));
    const start = messageStart().replace('"type":"message",', `"type":"message","model":"${named}",`);
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    return answer.end(start + messageRest({ output: 900 }));
  };
}

async function rowsWhenOver() {
  return until('the end of the calls', async () => {
    const all = await callRows(shared());
    return all.every(({ status }) => status !== 'sent') && all;
  });
}

test.each([false, true])(
  'R-BUD-11: fear: an alias that moves after its first answer bills more than is held (as a stream: %s)',
  async (isStream) => {
    const ground = await gatewayGround(shared(), {
      answersAsAsked: false,
      behave: moves(1, 'dear', isStream),
      nanoUsd: dollar,
      knownAnswers,
      limits: { headroomMs: 200 },
    });
    const body = message({ stream: isStream });
    await ask(ground, { body });
    await Promise.all(Array.from({ length: 8 }, () => ask(ground, { body })));
    const settled = (await rowsWhenOver()).filter(({ status }) => status === 'settled');
    // The first one of the dear model may cost more than was held for it; no other is under way beside it.
    const over = settled.filter((row) => (row.actualNanoUsd ?? 0n) > (row.reservedNanoUsd ?? 0n));
    expect(over.length).toBeLessThanOrEqual(1);
    expect(BigInt(settled.length - 1) * billedNanoUsd).toBeLessThanOrEqual(dollar);
  },
);

/** At the address of a maker, whose protocol this is: behind the proxy of a company, a test can be there. */
async function atMaker(behave: Behave, options: GroundOptions = {}) {
  let to = '';
  const proxy = await aProxy(() => to);
  return gatewayGround(shared(), {
    answersAsAsked: false,
    behave,
    knownAnswers,
    proxy: forwardProxyIn({ http_proxy: proxy.url }),
    baseUrl: (url) => {
      to = url;
      return 'http://api.anthropic.com';
    },
    limits: { headroomMs: 200 },
    ...options,
  });
}

test.each([
  ['a name that says it moves', 'claude-opus-latest', 'claude-opus-latest'],
  ['a name without a version', 'opus', 'opus'],
  ['a name for which another model has answered', 'm-1', 'm-0'],
])(
  'R-BUD-11: fear: at its maker, %s bills more than is held in many streams at once',
  async (_what, model, before) => {
    const known = {
      ...knownAnswers,
      priceOf: (asked: string, answered: string) =>
        answered === 'scripted/m-0' ? price : knownAnswers.priceOf(asked, answered),
    };
    const ground = await atMaker(moves(1, 'dear', true, before), { nanoUsd: dollar, knownAnswers: known });
    const body = message({ model, stream: true });
    await ask(ground, { body });
    await Promise.all(Array.from({ length: 8 }, () => ask(ground, { body })));
    const settled = (await rowsWhenOver()).filter(({ status }) => status === 'settled');
    const over = settled.filter((row) => (row.actualNanoUsd ?? 0n) > (row.reservedNanoUsd ?? 0n));
    expect(settled.length).toBeGreaterThan(1);
    expect(over.length).toBeLessThanOrEqual(1);
    expect(BigInt(settled.length - 1) * billedNanoUsd).toBeLessThanOrEqual(dollar);
  },
);

test('R-BUD-11: at its maker, a model that answers by its name is called by all at once, and at its own price', async () => {
  const open: (() => void)[] = [];
  const dated = 'claude-sonnet-4-5-20250929';
  const ground = await atMaker((_request, answer) => {
    const end = (named: string) => () => answer.end(answerOf(named));
    if (ground.provider.received.length === 1) end(dated)();
    // The last one has moved all the same.
    else open.push(end(open.length === 7 ? 'dear' : dated));
  });
  const body = message({ model: 'claude-sonnet-4-5' });
  await ask(ground, { body });
  const replies = Array.from({ length: 8 }, () => ask(ground, { body }));
  await until('all of them at once', () => open.length === 8);
  for (const end of open) end();
  await Promise.all(replies);
  const [first, ...others] = await rowsWhenOver();
  for (const row of others) expect(row.reservedNanoUsd).toBe(first?.reservedNanoUsd);
  // What has cost more than was held stops the model.
  expect(await ask(ground, { body })).toMatchObject({ headers: { 'x-moose-refused': 'model_stopped' } });
});

test('R-BUD-11: an answer by a model without a price is booked at the dearest price that is listed', async () => {
  const ground = await gatewayGround(shared(), {
    answersAsAsked: false,
    behave: moves(1, 'unheard-of'),
    knownAnswers,
  });
  for (let number = 0; number < 3; number += 1) await ask(ground, { body: message({ max_tokens: 1_000 }) });
  const rows = (await rowsWhenOver()).filter(({ failure }) => failure === null);
  expect(rows).toHaveLength(2);
  expect(rows[1]?.actualNanoUsd).toBeGreaterThanOrEqual(billedNanoUsd);
});

test('R-BUD-11: fear: a slow first call of one session stops all others', async () => {
  let finish = () => {};
  let arrived = 0;
  const ground = await gatewayGround(shared(), {
    answersAsAsked: false,
    behave: (_request, answer) => {
      arrived += 1;
      if (arrived > 1) answer.end(answerOf('m-1'));
      else finish = () => answer.end(answerOf('m-1'));
    },
    nanoUsd: 20n * dollar,
    knownAnswers,
    limits: { firstPatienceMs: 50 },
  });
  const first = ask(ground);
  await until('the first call', () => arrived === 1);
  const other = await aKey(shared(), 20n * dollar);
  const at = { path: `/s/${other.id}/scripted/v1/messages`, key: other.secret };
  expect(await ask(ground, at)).toMatchObject({ status: 200 });
  finish();
  expect(await first).toMatchObject({ status: 200 });
  const [slow, beside] = await rowsWhenOver();
  expect(beside?.reservedNanoUsd).toBe(20n * (slow?.reservedNanoUsd ?? 0n));
});

const aTurn = { model: 'x/m', isAlwaysAlone: () => false, hasEnded: async () => false };

test('R-BUD-11: fear: a session that was interrupted keeps its turn until its answer comes', async () => {
  const firsts = new FirstAnswers(1_000, 5);
  const { signal } = new AbortController();
  let isOver = false;
  const interrupted = { ...aTurn, keyId: 'interrupted', hasEnded: async () => isOver };
  expect(await firsts.enter(interrupted, 0, signal)).not.toBeNull();
  expect(await firsts.enter({ ...aTurn, keyId: 'next' }, 20, signal)).toBeNull();
  isOver = true;
  expect(await firsts.enter({ ...aTurn, keyId: 'next' }, 60_000, signal)).not.toBeNull();
});

test('R-BUD-11: fear: a session whose first calls fail keeps all turns', async () => {
  const firsts = new FirstAnswers(1_000, 1_000);
  const { signal } = new AbortController();
  const had: string[] = [];
  const enter = async (keyId: string) => {
    const turn = await firsts.enter({ ...aTurn, keyId }, 10_000, signal);
    had.push(keyId);
    turn?.over();
  };
  const failing = Array.from({ length: 6 }, () => enter('failing'));
  await Promise.all([...failing, enter('one'), enter('other')]);
  expect(had.slice(0, 3)).toEqual(['failing', 'one', 'other']);
});

test('R-BUD-11: an old answer shows nothing: there is one call at a time again', async () => {
  const { signal } = new AbortController();
  const asked = { ...aTurn, keyId: 'one' };
  const firsts = new FirstAnswers(0, 1_000);
  const turn = await firsts.enter(asked, 0, signal);
  turn?.learned();
  turn?.over();
  await until('a moment', () => !firsts.hasAnswered('x/m'));
  expect(await firsts.enter(asked, 0, signal)).not.toBeNull();
  expect(await firsts.enter(asked, 0, signal)).toBeNull();
});

const unlisted = { ...knownAnswers, dearestOf: () => null };

test('R-BUD-11: where no list says what may answer, an answer without a price costs all that was held, and stops', async () => {
  const ground = await gatewayGround(shared(), {
    answersAsAsked: false,
    behave: moves(1, 'unheard-of'),
    knownAnswers: unlisted,
  });
  const body = message({ max_tokens: 1_000 });
  for (let number = 0; number < 2; number += 1) await ask(ground, { body });
  expect(await ask(ground, { body })).toMatchObject({ status: 400 });
  const rows = (await rowsWhenOver()).filter(({ failure }) => failure === null);
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatchObject({ status: 'presumed', actualNanoUsd: rows[1]?.reservedNanoUsd });
});

test('R-BUD-11: where no list says what may answer, others wait for a slow first call, and are sent after it', async () => {
  let finish = () => {};
  const ground = await gatewayGround(shared(), {
    answersAsAsked: false,
    behave: (_request, answer) => {
      if (ground.provider.received.length > 1) setTimeout(() => answer.end(answerOf('m-1')), 100);
      else finish = () => answer.end(answerOf('m-1'));
    },
    knownAnswers: unlisted,
    limits: { firstPatienceMs: 20, firstAnswerMs: 60_000 },
  });
  const first = ask(ground);
  await until('the first call', () => ground.provider.received.length === 1);
  const second = ask(ground);
  // Its patience is over long before: it is not sent without a bound.
  const impatient = await ask(ground, { body: message({ model: 'm-2' }) });
  expect(impatient).toMatchObject({ status: 200 });
  expect(ground.provider.received).toHaveLength(2);
  finish();
  expect([await first, await second]).toMatchObject([{ status: 200 }, { status: 200 }]);
});

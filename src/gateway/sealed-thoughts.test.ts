// What Claude has thought comes back sealed: its bytes say nothing of its tokens. A thought that an answer has brought has no
// more tokens than that answer, in whatever session it comes back; any other one is of unknown size.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { aKey, ask, callRows, dollar, type GroundOptions, gatewayGround } from './gateway-ground.fixture.ts';

const shared = sharedDatabase();
const signature = 'RXA0Q0NrWUlCQmdD';
const outputTokens = 3_000;
const thought = { type: 'thinking', thinking: '', signature };
const answer = {
  type: 'message',
  model: 'm-1',
  stop_reason: 'end_turn',
  content: [thought, { type: 'text', text: 'Done.' }],
  usage: { input_tokens: 100, output_tokens: outputTokens },
};
const events = [
  {
    type: 'message_start',
    message: { ...answer, content: [], usage: { input_tokens: 100, output_tokens: 1 } },
  },
  { type: 'content_block_start', index: 0, content_block: { ...thought, signature: '' } },
  ...[signature.slice(0, 5), signature.slice(5)].map((piece) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'signature_delta', signature: piece },
  })),
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: outputTokens } },
  { type: 'message_stop' },
];

const first = { role: 'user', content: 'Mend it' };
const said = (...blocks: object[]) => ({ role: 'assistant', content: blocks });
const bodyOf = (messages: object[], more: object = {}) =>
  JSON.stringify({ model: 'm-1', max_tokens: 4_000, messages, ...more });

async function ground(options: GroundOptions = {}) {
  return gatewayGround(shared(), {
    nanoUsd: 40n * dollar,
    behave: ({ body }, reply) => {
      const isStream = body.includes('"stream":true');
      reply.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
      reply.end(
        isStream
          ? events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
          : JSON.stringify(answer),
      );
    },
    ...options,
  });
}

/** The most input tokens that were held for each call, in their order. */
async function heldFor(calls: number): Promise<number[]> {
  const rows = await until('the booked calls', async () => {
    const found = await callRows(shared());
    return found.length === calls && found.every(({ status }) => status !== 'sent') && found;
  });
  return rows.map(({ inputTokensMax }) => Number(inputTokensMax));
}

/** More than a conversation of a few words can have, and far less than a whole context. */
const few = 12_000;
const wholeContext = 1_050_000;

test.each([false, true])(
  'R-BUD-2: fear: what was thought a moment ago is held as a whole context (stream: %s)',
  async (stream) => {
    const here = await ground();
    await ask(here, { body: bodyOf([first], { stream }) });
    await heldFor(1);
    const talk = [first, said(...answer.content), { role: 'user', content: 'And now?' }];
    await ask(here, { body: bodyOf(talk, { stream }) });
    await heldFor(2);
    // Another list of tools, and another session: no settled prefix covers it.
    const resumed = { ...here, key: await aKey(shared(), 40n * dollar) };
    resumed.base = here.base.replace(here.key.id, resumed.key.id);
    await ask(resumed, {
      body: bodyOf(talk, { stream, tools: [{ name: 'edit', input_schema: { type: 'object' } }] }),
    });
    const [, next = 0, again = 0] = await heldFor(3);
    expect(next).toBeGreaterThan(outputTokens);
    expect(next).toBeLessThan(few);
    expect(again).toBeGreaterThan(outputTokens);
    expect(again).toBeLessThan(few);
  },
);

test('R-BUD-2: fear: a sealed thought of another place is held by its bytes, because some thought is known', async () => {
  const here = await ground();
  await ask(here, { body: bodyOf([first]) });
  await heldFor(1);
  const other = { ...thought, signature: 'T3RoZXI=' };
  await ask(here, { body: bodyOf([first, said(thought, other), first]) });
  await heldFor(2);
  // The same conversation again: now its prefix has been counted.
  await ask(here, { body: bodyOf([first, said(thought, other), first, said(thought), first]) });
  const [, held = 0, next = 0] = await heldFor(3);
  expect(held).toBe(wholeContext);
  expect(next).toBeLessThan(few);
});

test('R-BUD-2: a thought that is there twice is held twice', async () => {
  const here = await ground();
  await ask(here, { body: bodyOf([first]) });
  await heldFor(1);
  await ask(here, { body: bodyOf([first, said(thought), first]) });
  await ask(here, { body: bodyOf([{ role: 'user', content: 'x' }, said(thought, thought, thought), first]) });
  const [, once = 0, thrice = 0] = await heldFor(3);
  expect(thrice - once).toBeGreaterThanOrEqual(2 * outputTokens);
});

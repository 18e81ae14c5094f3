// What HTTP says around an answer, from the documentation of the providers and of proxies: its headers, trailers and status.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { type AnswerAttack, completions, tryAnswer } from './attack.fixture.ts';

const shared = sharedDatabase();
const counted = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const whole = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'Done.' }, finish_reason: 'stop' }],
  usage: counted,
};
const stream = [
  { choices: [{ index: 0, delta: { content: 'Done.' }, finish_reason: null }] },
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { choices: [], usage: counted },
  '[DONE]',
];

const attacks: AnswerAttack[] = [
  {
    name: 'a cost in a header',
    path: completions,
    headers: { 'x-litellm-response-cost': '0.0145' },
    answer: [whole],
    usd: 0.0145,
  },
  {
    name: 'a cost in a header that no price explains',
    path: completions,
    headers: { 'x-request-cost-usd': '4.5' },
    answer: [whole],
    usd: 4.5,
  },
  {
    name: 'a cost in a trailer',
    path: completions,
    isStream: true,
    trailers: { 'x-response-cost': '0.0145' },
    answer: stream,
    usd: 0.0145,
  },
  { name: 'nothing at all', path: completions, answer: [''], usd: 0.015 },
  { name: 'a success without content', path: completions, status: 204, answer: [''], usd: 0.015 },
  {
    name: 'an error of a server',
    path: completions,
    status: 500,
    answer: [{ error: { message: 'oops' } }],
    usd: 0.015,
  },
  {
    name: 'an error whose host had used tokens',
    path: completions,
    status: 429,
    answer: [{ error: { code: 'rate_limit_exceeded', metadata: { usage: { completion_tokens: 900 } } } }],
    usd: 0.0138,
  },
];

test.each(attacks)(
  'R-BUD-11: fear: an answer with $name costs more than is counted ($path)',
  async (attack) => {
    expect(['counted', 'stopped']).toContain(await tryAnswer(shared(), attack));
  },
);

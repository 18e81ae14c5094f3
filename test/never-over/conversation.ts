// A conversation that grows, as an agent holds one, in each of three protocols.
import { type ModelName, models } from './prices.ts';

export interface Conversation {
  name: string;
  model: ModelName;
  protocol: 'messages' | 'chat' | 'responses';
  mark: 'none' | '5m' | '1h';
  turns: { role: 'user' | 'assistant'; text: string }[];
}

export interface ComposedRequest {
  path: string;
  body: string;
}

const protocols = ['messages', 'chat', 'responses'] as const;
const charsMax = 14_000;
const words =
  'the file reads a line of größer and 漢字, then fails: expected 3, found 4; return value of '.split(' ');

export function newConversation(name: string, random: () => number): Conversation {
  const protocol = protocols[Math.floor(random() * protocols.length)] ?? 'messages';
  const model = models[Math.floor(random() * models.length)] ?? 'plain';
  const mark = random() < 0.4 ? 'none' : random() < 0.5 ? '5m' : '1h';
  const first = { role: 'user' as const, text: `${name}: ${textOf(400 + random() * 3_000, random)}` };
  return { name, model, protocol, mark, turns: [first] };
}

function textOf(chars: number, random: () => number): string {
  const from = Math.floor(random() * words.length);
  const row = words.map((_, index) => words[(from + index) % words.length]).join(' ');
  return row.repeat(Math.ceil(chars / row.length)).slice(0, Math.ceil(chars));
}

/** The answer is a part of what is sent from now on, and what the agent has to say to it. False: it is long enough. */
export function grow({ turns }: Conversation, tag: string, random: () => number): boolean {
  turns.push({ role: 'assistant', text: `${tag}: ${textOf(50 + random() * 500, random)}` });
  turns.push({ role: 'user', text: textOf(50 + random() * 2_000, random) });
  return turns.reduce((sum, { text }) => sum + text.length, 0) < charsMax;
}

/** `outputTokensMax`: null leaves it out, where the protocol lets that be. */
export function composed(
  { model, protocol, mark, turns }: Conversation,
  { outputTokensMax, isStream }: { outputTokensMax: number | null; isStream: boolean },
): ComposedRequest {
  const rules = textOf(600, () => 0);
  const messages = turns.map(({ role, text }) => ({ role, content: text }));
  if (protocol === 'chat') {
    const limit = outputTokensMax === null ? {} : { max_completion_tokens: outputTokensMax };
    const body = {
      model,
      stream: isStream,
      ...limit,
      messages: [{ role: 'system', content: rules }, ...messages],
    };
    return { path: '/v1/chat/completions', body: JSON.stringify(body) };
  }
  if (protocol === 'responses') {
    const limit = outputTokensMax === null ? {} : { max_output_tokens: outputTokensMax };
    const body = { model, stream: isStream, ...limit, instructions: rules, input: messages };
    return { path: '/v1/responses', body: JSON.stringify(body) };
  }
  const marked = mark === 'none' ? {} : { cache_control: { type: 'ephemeral', ttl: mark } };
  const system = [{ type: 'text', text: rules, ...marked }];
  const body = { model, stream: isStream, max_tokens: outputTokensMax ?? 4_096, system, messages };
  return { path: '/v1/messages', body: JSON.stringify(body) };
}

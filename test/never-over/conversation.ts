// A growing conversation of an agent, in each of three protocols.
import { type ModelName, models } from './prices.ts';
import { type Trick, written } from './tricks.ts';

export interface Conversation {
  name: string;
  model: ModelName;
  protocol: 'messages' | 'chat' | 'responses';
  mark: 'none' | '5m' | '1h';
  /**
   * Whether the conversation contains the URL of a picture, and where; the picture behind the URL changes each time.
   */
  picture: 'none' | 'seen' | 'nested';
  turns: { role: 'user' | 'assistant'; text: string }[];
}

export interface ComposedRequest {
  path: string;
  body: string;
}

const protocols = ['messages', 'chat', 'responses'] as const;
const charsMax = 14_000;
const pictureShare = 0.1;
const lettersShare = 0.1;
/** A single character that some tokenizers read as eighteen tokens. */
const letters = '\uFDFA'.repeat(40);
const url = 'https://example.com/picture';
const words =
  'the file reads a line of größer and 漢字, then fails: expected 3, found 4; return value of '.split(' ');

export function newConversation(name: string, random: () => number): Conversation {
  const protocol = protocols[Math.floor(random() * protocols.length)] ?? 'messages';
  const picture = random() < pictureShare ? (random() < 0.5 ? 'seen' : 'nested') : 'none';
  // For a picture of unknown size, the whole context of the model is reserved; this model has a small one.
  const model = picture === 'none' ? (models[Math.floor(random() * models.length)] ?? 'plain') : 'short';
  const mark = random() < 0.4 ? 'none' : random() < 0.5 ? '5m' : '1h';
  const text = `${name}: ${textOf(400 + random() * 3_000, random)}`;
  const first = { role: 'user' as const, text: random() < lettersShare ? text + letters : text };
  return { name, model, protocol, mark, picture, turns: [first] };
}

function textOf(chars: number, random: () => number): string {
  const from = Math.floor(random() * words.length);
  const row = words.map((_, index) => words[(from + index) % words.length]).join(' ');
  return row.repeat(Math.ceil(chars / row.length)).slice(0, Math.ceil(chars));
}

/** Adds the model's answer and the agent's reply to the conversation. Returns false if it is long enough. */
export function grow({ turns }: Conversation, tag: string, random: () => number): boolean {
  turns.push({ role: 'assistant', text: `${tag}: ${textOf(50 + random() * 500, random)}` });
  turns.push({ role: 'user', text: textOf(50 + random() * 2_000, random) });
  return turns.reduce((sum, { text }) => sum + text.length, 0) < charsMax;
}

/** `outputTokensMax`: null leaves the limit out, if the protocol allows that. */
export function composed(
  { model, protocol, mark, picture, turns }: Conversation,
  {
    outputTokensMax,
    isStream,
    trick,
  }: { outputTokensMax: number | null; isStream: boolean; trick: Trick | null },
): ComposedRequest {
  const rules = textOf(600, () => 0);
  const spoken = turns.map(({ role, text }) => ({ role, content: text }));
  const messages = picture === 'none' ? spoken : [withPicture(protocol, picture === 'nested'), ...spoken];
  if (protocol === 'chat') {
    const limit = outputTokensMax === null ? {} : { max_completion_tokens: outputTokensMax };
    const body = {
      model,
      stream: isStream,
      ...limit,
      messages: [{ role: 'system', content: rules }, ...messages],
    };
    return { path: '/v1/chat/completions', body: written(body, protocol, trick) };
  }
  if (protocol === 'responses') {
    const limit = outputTokensMax === null ? {} : { max_output_tokens: outputTokensMax };
    const body = { model, stream: isStream, ...limit, instructions: rules, input: messages };
    return { path: '/v1/responses', body: written(body, protocol, trick) };
  }
  const marked = mark === 'none' ? {} : { cache_control: { type: 'ephemeral', ttl: mark } };
  const system = [{ type: 'text', text: rules, ...marked }];
  const body = { model, stream: isStream, max_tokens: outputTokensMax ?? 4_096, system, messages };
  return { path: '/v1/messages', body: written(body, protocol, trick) };
}

function withPicture(protocol: Conversation['protocol'], isNested: boolean) {
  if (protocol === 'chat') return { role: 'user', content: [{ type: 'image_url', image_url: { url } }] };
  if (protocol === 'responses') return { role: 'user', content: [{ type: 'input_image', image_url: url }] };
  const image = { type: 'image', source: { type: 'url', url } };
  const document = { type: 'document', source: { type: 'content', content: [image] } };
  const result = { type: 'tool_result', tool_use_id: 't', content: [document] };
  return { role: 'user', content: [isNested ? result : image] };
}

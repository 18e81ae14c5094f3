// The input of a Gemini request: its parts, and the action that it answers.
import { type Placed, placed } from '../elsewhere.ts';
import { hashOfAction, type RequestInput, requestInput } from '../input-parts.ts';
import type { JsonText } from '../json-text.ts';
import { isObject, type JsonObject, memberOf, textIn } from '../json-value.ts';
import { allHidden, sightOf } from '../shape.ts';
import { surplusOfMessage } from '../worst-rendering.ts';
import { hasComputer } from './gemini-features.ts';
import { eitherIn, snakeOf } from './gemini-request.ts';
import { geminiPart } from './gemini-shape.ts';

const computerTokens = 2_000;
const unread = new Set(
  ['safetySettings', 'serviceTier', 'labels', 'model'].flatMap((name) => [name, snakeOf(name)]),
);
/** Settings that do not change the number of input tokens. */
const unreadSettings = new Set(
  ['maxOutputTokens', 'temperature', 'topP', 'topK', 'seed', 'stopSequences'].flatMap((name) => [
    name,
    snakeOf(name),
  ]),
);

export function geminiInput(
  model: string,
  { value: body, oddNumbers }: JsonText,
  bytesSent: number,
): RequestInput {
  const system = eitherIn(body, 'systemInstruction');
  const isCached = (eitherIn(body, 'cachedContent') ?? null) !== null;
  const settings = eitherIn(body, 'generationConfig');
  const shaping = Object.entries(isObject(settings) ? settings : {}).filter(
    ([name]) => !unreadSettings.has(name),
  );
  return requestInput({
    body,
    oddNumbers,
    bytesSent,
    conversation: 'contents',
    unread,
    rewritten: {
      model,
      modelOfPath: model,
      generationConfig: Object.fromEntries(shaping),
      generation_config: undefined,
    },
    first: {
      extraTokens: hasComputer(toolsOf(body)) ? computerTokens : 0,
      look: isCached ? allHidden : sightOf(typeof system === 'string' ? [] : partsOf(system), geminiPart),
    },
    messages: contentsOf(body).map((content) => ({
      text: JSON.stringify(content),
      look: sightOf(partsOf(content), geminiPart),
      surplus: surplusOfMessage(content),
    })),
  });
}

/** A single object may appear without a list around it: counting and bounding must read it the same way. */
export function toolsOf(body: JsonObject): readonly unknown[] {
  return oneOrMore(memberOf(body, 'tools'));
}

export function contentsOf(body: JsonObject): readonly unknown[] {
  return oneOrMore(memberOf(body, 'contents'));
}

export function partsOf(content: unknown): readonly unknown[] {
  return oneOrMore(memberOf(content, 'parts'));
}

/** All that the model is shown, with its place. */
export function geminiContent(body: JsonObject): Placed[] {
  const system = eitherIn(body, 'systemInstruction');
  return [
    ...placed('systemInstruction.parts', partsOf(system), geminiPart),
    ...contentsOf(body).flatMap((content, index) =>
      placed(`contents[${index}].parts`, partsOf(content), geminiPart),
    ),
  ];
}

function oneOrMore(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export function geminiAction(body: JsonObject): string | null {
  const last = contentsOf(body).findLast((content) => textIn(content, 'role') === 'model');
  const parts = partsOf(last);
  const calls = parts
    .map((part) => eitherIn(part, 'functionCall'))
    .filter(isObject)
    .map((call) => [memberOf(call, 'name'), memberOf(call, 'args')]);
  return hashOfAction(calls, parts.map((part) => textIn(part, 'text') ?? '').join(''));
}

// Members whose cost some protocol documents: nobody allows them, in no protocol.
import { anthropicFeatures } from './anthropic/anthropic-features.ts';
import { anthropicRequest } from './anthropic/anthropic-shape.ts';
import { withoutIndex } from './feature.ts';
import { geminiFeatures } from './gemini/gemini-features.ts';
import { geminiRequest } from './gemini/gemini-shape.ts';
import { chatFeatures } from './openai/openai-chat-features.ts';
import { openaiChatRequest } from './openai/openai-chat-shape.ts';
import { responsesFeatures } from './openai/openai-responses-features.ts';
import { responsesRequest } from './openai/openai-responses-shape.ts';
import { strangeIn } from './shape.ts';

const costly = new Set(
  [anthropicFeatures, chatFeatures, responsesFeatures, geminiFeatures].flatMap((features) =>
    features.map(({ field }) => field),
  ),
);
const shapes = [anthropicRequest, openaiChatRequest, responsesRequest, geminiRequest];

export function withoutCostly(names: readonly string[]): string[] {
  return names.map(withoutIndex).filter((name) => !costly.has(name) && !isNeverSent(name));
}

/** True if a protocol has the name, and no value of it is sent. */
function isNeverSent(name: string): boolean {
  return shapes.some((shape) =>
    ['x', {}, [{}]].every((value) => strangeIn({ [name]: value }, shape)?.isUnknown === false),
  );
}

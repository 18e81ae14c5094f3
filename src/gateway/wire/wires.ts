// The protocols that the gateway speaks, by name.
import type { WireName } from '../../domain/agents/model-call.ts';
import { anthropicMessages } from './anthropic/anthropic-messages.ts';
import { gemini } from './gemini/gemini.ts';
import { openaiChat } from './openai/openai-chat.ts';
import { openaiResponses } from './openai/openai-responses.ts';
import type { Wire } from './wire.ts';

export const wires: ReadonlyMap<WireName, Wire> = new Map(
  [anthropicMessages, openaiChat, openaiResponses, gemini].map((wire) => [wire.name, wire]),
);

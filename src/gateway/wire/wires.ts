// The protocols that the gateway speaks, by name.
import type { WireName } from '../../domain/model-call.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { openaiChat } from './openai-chat.ts';
import type { Wire } from './wire.ts';

export const wires: ReadonlyMap<WireName, Wire> = new Map(
  [anthropicMessages, openaiChat].map((wire) => [wire.name, wire]),
);

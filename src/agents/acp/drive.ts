// Speaks the Agent Client Protocol with an agent: one conversation, one prompt. What the agent says and does is written as
// events, the last of which says how it ended. The protocol is described at agentclientprotocol.com.

import type { McpServerStdio, PermissionOption, RequestPermissionRequest } from '@agentclientprotocol/sdk';
import {
  type ClientContext,
  client,
  methods,
  PROTOCOL_VERSION,
  RequestError,
  type Stream,
} from '@agentclientprotocol/sdk';

export interface DriveInput {
  command: string[];
  worktreePath: string;
  prompt: string;
  /** Where the ID of the conversation is kept, in the agent's home. */
  conversationPath: string;
  /** The conversation to continue, if the agent still knows it. */
  conversation: string | null;
  servers: McpServerStdio[];
}

export type DriveEvent =
  | { type: 'agent'; name: string | null; version: string | null; capabilities: unknown }
  | { type: 'conversation'; id: string; how: 'new' | 'loaded' | 'resumed' }
  | { type: 'conversation_lost'; because: string }
  | { type: 'update'; update: unknown }
  | { type: 'permission'; title: string | null; kind: string | null; chosen: string | null }
  | { type: 'result'; stopReason: string; said: string }
  /** The agent answered with an error, or cannot be spoken with. */
  | { type: 'error'; code: number | null; message: string; data: unknown }
  /** It ended, or said what is not the protocol: how it ended is not known. */
  | { type: 'closed'; message: string };

interface Driven {
  emit(event: DriveEvent): void;
  /** Null: the next session starts a conversation of its own. */
  keepConversation(id: string | null): Promise<void>;
}

/** Resolves with true if the agent has ended its turn by itself. Never rejects because of what the agent answers. */
export async function drive(
  stream: Stream,
  input: DriveInput,
  { emit, keepConversation }: Driven,
): Promise<boolean> {
  const spoken: string[] = [];
  let isPrompted = false;
  const app = client({ name: 'moose' })
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      const option = chosenOption(params);
      const { title = null, kind = null } = params.toolCall;
      emit({ type: 'permission', title, kind, chosen: option?.name ?? null });
      return {
        outcome: option ? { outcome: 'selected', optionId: option.optionId } : { outcome: 'cancelled' },
      };
    })
    .onNotification(methods.client.session.update, ({ params: { update } }) => {
      // A conversation that is loaded is told again.
      if (!isPrompted) return;
      if (update.sessionUpdate === 'agent_message_chunk') {
        if (update.content.type === 'text') spoken.push(update.content.text);
      } else if (update.sessionUpdate === 'tool_call') spoken.length = 0;
      emit({ type: 'update', update });
    });
  try {
    return await app.connectWith(stream, async (context) => {
      const sessionId = await openConversation(context, input, emit);
      await keepConversation(sessionId);
      isPrompted = true;
      const { stopReason } = await context.request(methods.agent.session.prompt, {
        sessionId,
        prompt: [{ type: 'text', text: input.prompt }],
      });
      const isEnded = stopReason === 'end_turn';
      // The same conversation would be refused, or be too long, again.
      if (!isEnded) await keepConversation(null);
      emit({ type: 'result', stopReason, said: spoken.join('').trim() });
      return isEnded;
    });
  } catch (cause) {
    if (cause instanceof RequestError) {
      if (isPrompted) await keepConversation(null);
      const { code, message, data = null } = cause;
      emit({ type: 'error', code, message, data });
    } else if (cause instanceof UnknownVersion) {
      emit({ type: 'error', code: null, message: cause.message, data: null });
    } else {
      emit({ type: 'closed', message: cause instanceof Error ? cause.message : String(cause) });
    }
    return false;
  }
}

class UnknownVersion extends Error {}

async function openConversation(
  context: ClientContext,
  { worktreePath: cwd, servers: mcpServers, conversation }: DriveInput,
  emit: Driven['emit'],
): Promise<string> {
  const { protocolVersion, agentCapabilities, agentInfo } = await context.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientInfo: { name: 'moose', version: '1' },
    // The agent reads, writes and runs by itself: it is in the sandbox already.
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  });
  if (protocolVersion !== PROTOCOL_VERSION)
    throw new UnknownVersion(
      `It speaks version ${protocolVersion} of the Agent Client Protocol, not ${PROTOCOL_VERSION}`,
    );
  const { name = null, version = null } = agentInfo ?? {};
  emit({ type: 'agent', name, version, capabilities: agentCapabilities ?? {} });
  if (conversation !== null) {
    const known = { sessionId: conversation, cwd, mcpServers };
    try {
      if (agentCapabilities?.sessionCapabilities?.resume) {
        await context.request(methods.agent.session.resume, known);
        emit({ type: 'conversation', id: conversation, how: 'resumed' });
        return conversation;
      }
      if (agentCapabilities?.loadSession) {
        await context.request(methods.agent.session.load, known);
        emit({ type: 'conversation', id: conversation, how: 'loaded' });
        return conversation;
      }
    } catch (cause) {
      if (!(cause instanceof RequestError)) throw cause;
      emit({ type: 'conversation_lost', because: cause.message });
    }
  }
  const { sessionId } = await context.request(methods.agent.session.new, { cwd, mcpServers });
  emit({ type: 'conversation', id: sessionId, how: 'new' });
  return sessionId;
}

/**
 * What a tool may do is decided by the sandbox, so it is allowed, once each time. It may not fetch from the web, as other agents may
 * not: what is written there is other people's text.
 */
function chosenOption({ toolCall, options }: RequestPermissionRequest): PermissionOption | undefined {
  const kinds =
    toolCall.kind === 'fetch'
      ? (['reject_once', 'reject_always'] as const)
      : (['allow_once', 'allow_always'] as const);
  return kinds
    .map((kind) => options.find((option) => option.kind === kind))
    .find((option) => option !== undefined);
}

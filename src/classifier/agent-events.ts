// Reads an agent's last event, which says how the agent ended, whatever its exit code and transcript say.

export interface AgentEnd {
  isFailure: boolean;
  /** The text of the event, as lines for the rules. */
  text: string;
}

const eventsMax = 400;
const textCharsMax = 8_000;

type Json = Record<string, unknown>;

/** Claude Code, Codex, OpenCode, Gemini CLI, Qwen and pi write JSON lines; the last line that reports an end counts. */
export function readAgentEnd(stdout: string): AgentEnd | undefined {
  const trimmed = stdout.trimStart();
  if (!trimmed.startsWith('{') && !/^\{"/m.test(trimmed)) return undefined;
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .slice(-eventsMax)
    .flatMap(parsed);
  if (
    !events.some(
      ({ type, subtype, session_id }) =>
        typeof type === 'string' &&
        (agentTypes.test(type) || subtype !== undefined || session_id !== undefined),
    )
  ) {
    return undefined;
  }
  for (const event of events.toReversed()) {
    const end = endOf(event);
    if (end) return end;
  }
  return undefined;
}

const agentTypes =
  /^(?:result|turn\.|thread\.|item\.|agent_|step_|session\.|error$|init$|system$|auto_retry_end$)/;

function parsed(line: string): Json[] {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? [value as Json] : [];
  } catch {
    return [];
  }
}

function endOf(event: Json): AgentEnd | undefined {
  switch (event.type) {
    case 'result':
      return endOfResult(event);
    case 'turn.failed':
    case 'error':
      return failed(wordsOf(event.error ?? event.message ?? event));
    case 'turn.completed':
      return { isFailure: false, text: '' };
    case 'auto_retry_end':
      return event.success === false ? failed(wordsOf(event.finalError ?? event)) : undefined;
    case 'agent_end':
      return endOfMessages(event.messages);
    default:
      return undefined;
  }
}

/** For Claude, Gemini and Qwen: judged by `is_error`, `status` and the text, never by `subtype: "success"`. */
function endOfResult(event: Json): AgentEnd {
  const words = wordsOf(event.result ?? event.error ?? '');
  const subtype = typeof event.subtype === 'string' ? event.subtype : '';
  const isFailure =
    event.is_error === true ||
    event.status === 'error' ||
    subtype.startsWith('error') ||
    /^\[?API Error: /.test(words) ||
    /Loop detected/.test(words);
  if (!isFailure) return { isFailure, text: '' };
  const status =
    typeof event.api_error_status === 'number' ? `\napi_error_status: ${event.api_error_status}` : '';
  const reason =
    typeof event.terminal_reason === 'string' ? `\nterminal_reason: ${event.terminal_reason}` : '';
  const error = event.error === undefined ? '' : `\n${wordsOf(event.error)}`;
  const errors = Array.isArray(event.errors) ? `\n${event.errors.map(wordsOf).join('\n')}` : '';
  return failed(`${words}${error}${errors}\nresult ${subtype}${status}${reason}`);
}

function endOfMessages(messages: unknown): AgentEnd | undefined {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  if (last === null || typeof last !== 'object') return undefined;
  const { stopReason, errorMessage } = last as Json;
  return stopReason === 'error' ? failed(wordsOf(errorMessage)) : { isFailure: false, text: '' };
}

function failed(text: string): AgentEnd {
  return { isFailure: true, text: text.slice(0, textCharsMax) };
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (
    value !== null &&
    typeof value === 'object' &&
    'message' in value &&
    typeof value.message === 'string'
  ) {
    return `${value.message}\n${JSON.stringify(value)}`;
  }
  return JSON.stringify(value) ?? '';
}

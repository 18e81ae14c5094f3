// For tests: an agent of the Agent Client Protocol that calls a model, runs the commands that it answers, and keeps its
// conversation. Its arguments are the vices that it has: none, it is as an agent should be.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { agent, methods, ndJsonStream, PROTOCOL_VERSION, RequestError } from '@agentclientprotocol/sdk';
import type { Vice } from './certified-agent-vices.fixture.ts';

interface Message {
  role: string;
  content: string | null;
  tool_calls?: { id: string; function: { arguments: string } }[];
  tool_call_id?: string;
}

const has = (vice: Vice) => process.argv.includes(vice);
const { MODEL_URL = '', MODEL_KEY = '', MODEL_NAME = '', HOME = '' } = process.env;
const historyPath = join(HOME, 'conversation.json');
const turnsMax = 50;
let cwd = '';
let messages: Message[] = [];

if (has('ignores-sigterm')) {
  process.on('SIGTERM', () => undefined);
  // It does not end with its input either.
  setInterval(() => undefined, 1_000);
}

const tools = [
  {
    type: 'function',
    function: {
      name: 'bash',
      parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
    },
  },
];

agent({ name: 'certified' })
  .onRequest(methods.agent.initialize, () => ({
    protocolVersion: PROTOCOL_VERSION,
    agentInfo: { name: 'certified', version: '1.0.0' },
    agentCapabilities: { loadSession: true },
  }))
  .onRequest(methods.agent.session.new, ({ params }) => {
    cwd = params.cwd;
    messages = [];
    return { sessionId: 'conversation' };
  })
  .onRequest(methods.agent.session.load, ({ params }) => {
    cwd = params.cwd;
    if (!existsSync(historyPath)) throw RequestError.resourceNotFound(params.sessionId);
    messages = JSON.parse(readFileSync(historyPath, 'utf8')) as Message[];
    return {};
  })
  .onRequest(methods.agent.session.prompt, async ({ params: { sessionId, prompt }, client }) => {
    const asked = prompt.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
    add({ role: 'user', content: asked });
    if (has('leaves-a-process')) spawn('sleep', ['4321'], { detached: true, stdio: 'ignore' }).unref();
    const said = await work();
    await client.notify(methods.client.session.update, {
      sessionId,
      update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: said } },
    });
    return { stopReason: 'end_turn' as const };
  })
  .connect(
    ndJsonStream(
      Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
      Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
    ),
  );

async function work(): Promise<string> {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const answer = await callModel();
    if (answer === null) return 'Done.';
    add(answer);
    if (!answer.tool_calls?.length) return answer.content ?? '';
    for (const { id, function: called } of answer.tool_calls) {
      const { command } = JSON.parse(called.arguments) as { command: string };
      const { stdout } = spawnSync('/bin/sh', ['-c', command], { cwd, encoding: 'utf8' });
      add({ role: 'tool', tool_call_id: id, content: stdout });
    }
    if (has('changes-another-file')) writeFileSync(join(cwd, 'notes.txt'), 'Mine\n');
  }
  return 'I stop here.';
}

/** Null if it goes on as if all were done. */
async function callModel(): Promise<Message | null> {
  for (;;) {
    const response = await fetch(`${MODEL_URL}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${MODEL_KEY}` },
      body: JSON.stringify({ model: MODEL_NAME, messages, tools }),
    });
    const text = await response.text().catch((cause: unknown) => {
      if (has('hangs-on-a-cut-answer')) return new Promise<never>(() => setInterval(() => undefined, 1_000));
      throw new RequestError(-32_603, 'Internal error', { message: `the answer was cut: ${String(cause)}` });
    });
    if (response.ok) return messageIn(text);
    if (response.status === 401 && has('repeats-401-endlessly')) continue;
    if (response.status === 429 && has('says-success-after-429')) return null;
    throw new RequestError(-32_603, 'Internal error', {
      status: response.status,
      message: text.slice(0, 500),
    });
  }
}

function messageIn(text: string): Message {
  const { choices = [] } = JSON.parse(text) as { choices?: { message: Message }[] };
  const [choice] = choices;
  if (choice === undefined)
    throw new RequestError(-32_603, 'Internal error', { message: 'an answer without a choice' });
  return choice.message;
}

function add(message: Message): void {
  messages.push(message);
  writeFileSync(historyPath, JSON.stringify(messages));
}

// For tests: an agent of the Agent Client Protocol, on the protocol's own library, that behaves as its first argument says.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { agent, methods, ndJsonStream, PROTOCOL_VERSION, RequestError } from '@agentclientprotocol/sdk';

const [behaviour = '', seenPath = ''] = process.argv.slice(2);
const see = (what: unknown) => appendFileSync(seenPath, `${JSON.stringify(what)}\n`);
let cwd = '';
let sessions = 0;

if (behaviour === 'noise') process.stdout.write('Welcome!\n');

agent({ name: 'scripted' })
  .onRequest(methods.agent.initialize, ({ params }) => {
    see({ initialize: params });
    return {
      protocolVersion: behaviour === 'version' ? 99 : PROTOCOL_VERSION,
      agentInfo: { name: 'scripted', version: '1.2.3' },
      agentCapabilities: { loadSession: behaviour === 'loads' || behaviour === 'forgets' },
    };
  })
  .onRequest(methods.agent.session.new, ({ params }) => {
    if (behaviour === 'signed out') throw RequestError.authRequired();
    cwd = params.cwd;
    sessions += 1;
    see({ new: params });
    return { sessionId: `conversation-${sessions}` };
  })
  .onRequest(methods.agent.session.load, async ({ params, client }) => {
    see({ load: params.sessionId });
    if (behaviour === 'forgets') throw RequestError.resourceNotFound(params.sessionId);
    cwd = params.cwd;
    const content = { type: 'text' as const, text: 'What I said before.' };
    await client.notify(methods.client.session.update, {
      sessionId: params.sessionId,
      update: { sessionUpdate: 'agent_message_chunk', content },
    });
    return {};
  })
  .onRequest(methods.agent.session.prompt, async ({ params: { sessionId, prompt }, client }) => {
    see({ prompt, env: process.env.MODEL_URL });
    const say = (text: string) =>
      client.notify(methods.client.session.update, {
        sessionId,
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
      });
    switch (behaviour) {
      case 'crash':
        await say('I look first.');
        return process.exit(3);
      case 'limited':
        throw new RequestError(-32_603, 'Internal error', { status: 429, message: 'Too many requests' });
      case 'refusal':
      case 'max_tokens':
      case 'max_turn_requests':
      case 'cancelled':
        await say('I stop here.');
        return { stopReason: behaviour };
      default: {
        await say('I look first.');
        for (const kind of ['edit', 'fetch'] as const) {
          const toolCall = { toolCallId: kind, title: `The tool ${kind}`, kind };
          await client.notify(methods.client.session.update, {
            sessionId,
            update: { sessionUpdate: 'tool_call', ...toolCall },
          });
          const { outcome } = await client.request(methods.client.session.requestPermission, {
            sessionId,
            toolCall: { toolCallId: kind, title: `The tool ${kind}`, kind },
            options: [
              { optionId: 'no', name: 'Reject', kind: 'reject_once' },
              { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
              { optionId: 'once', name: 'Allow', kind: 'allow_once' },
            ],
          });
          see({ [kind]: outcome });
        }
        writeFileSync(join(cwd, 'made.txt'), 'made\n');
        await say('I have ');
        await say('made it.');
        return { stopReason: 'end_turn' };
      }
    }
  })
  .connect(
    ndJsonStream(
      Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
      Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
    ),
  );

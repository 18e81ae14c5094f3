// R-REVIEW-1: what each agent says and does reads as turns. Events are in the form of the versions that the contract suites run.
import { expect, test } from 'vitest';
import { acpTranscript } from '../src/agents/acp/transcript.ts';
import { claudeCodeTranscript } from '../src/agents/claude-code/transcript.ts';
import { codexTranscript } from '../src/agents/codex/transcript.ts';
import { geminiCliTranscript } from '../src/agents/gemini-cli/transcript.ts';
import { openCodeTranscript } from '../src/agents/opencode/transcript.ts';
import { patchTranscript } from '../src/agents/patch/transcript.ts';
import { piTranscript } from '../src/agents/pi/transcript.ts';
import { Transcript } from '../src/domain/agents/transcript.ts';
import type { TranscriptReader } from '../src/domain/agents/transcript-part.ts';

/** Each turn as lines: its tokens, then what was said, and calls with the exit code and the text of their answers. */
function turnsOf(read: TranscriptReader, events: readonly (object | string)[]): string[][] {
  const transcript = new Transcript();
  for (const event of events)
    for (const part of read(typeof event === 'string' ? event : JSON.stringify(event))) transcript.add(part);
  return transcript.turns.map(({ input, output, entries }) => [
    `${input} in, ${output} out`,
    ...entries.map((entry) => {
      if (entry.kind !== 'call') return `${entry.kind}: ${entry.text}`;
      const { title, answer } = entry;
      return `${title}${answer === null ? '' : ` → ${answer.failed ? 'failed ' : ''}${answer.exit} ${answer.text}`}`;
    }),
  ]);
}

const usage = { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 7 };
const asks = (id: string, block: object) => ({
  type: 'assistant',
  parent_tool_use_id: null,
  message: { id, usage, content: [block] },
});
const answers = (id: string, text: string, isError = false) => ({
  type: 'user',
  parent_tool_use_id: null,
  message: {
    content: [{ type: 'tool_result', tool_use_id: id, is_error: isError, content: [{ type: 'text', text }] }],
  },
});

test('R-REVIEW-1: Claude Code: blocks of one message are one turn, and its helpers are left out', () => {
  const events = [
    { type: 'system', subtype: 'init' },
    asks('m1', { type: 'thinking', thinking: 'Where?' }),
    asks('m1', { type: 'text', text: 'I look.' }),
    asks('m1', { type: 'tool_use', id: 't1', name: 'Read', input: { file_path: 'src/cart.js' } }),
    answers('t1', 'the cart'),
    { ...asks('h1', { type: 'text', text: 'as a helper' }), parent_tool_use_id: 't9' },
    asks('m2', { type: 'tool_use', id: 't2', name: 'Bash', input: { command: 'npm test' } }),
    answers('t2', 'Exit code 1\n2 failed', true),
    asks('m3', {
      type: 'tool_use',
      id: 't3',
      name: 'Edit',
      input: { file_path: 'a.js', old_string: 'b', new_string: 'c' },
    }),
    answers('t3', 'done'),
    { type: 'result', subtype: 'success', is_error: false, result: 'Done.' },
  ];
  expect(turnsOf(claudeCodeTranscript, events)).toEqual([
    ['15 in, 7 out', 'thought: Where?', 'said: I look.', 'read src/cart.js → null the cart'],
    ['15 in, 7 out', '$ npm test → failed 1 2 failed'],
    ['15 in, 7 out', 'edit a.js → null done'],
  ]);
});

test('R-REVIEW-1: Codex: a command that began and ended is one call, without the shell around it', () => {
  const command = { id: 'i1', type: 'command_execution', command: "/bin/bash -lc 'npm test'" };
  const events = [
    { type: 'turn.started' },
    { type: 'item.completed', item: { id: 'i0', type: 'agent_message', text: 'I run the tests.' } },
    { type: 'item.started', item: { ...command, status: 'in_progress' } },
    {
      type: 'item.completed',
      item: { ...command, aggregated_output: 'ok', exit_code: 0, status: 'completed' },
    },
    {
      type: 'item.completed',
      item: { id: 'i2', type: 'file_change', status: 'completed', changes: [{ path: 'a.js', kind: 'add' }] },
    },
    { type: 'item.completed', item: { id: 'i3', type: 'agent_message', text: 'Done.' } },
    { type: 'turn.completed', usage: { input_tokens: 20, output_tokens: 4 } },
  ];
  expect(turnsOf(codexTranscript, events)).toEqual([
    ['null in, null out', 'said: I run the tests.', '$ npm test → 0 ok', 'add a.js → null '],
    ['20 in, 4 out', 'said: Done.'],
  ]);
});

test('R-REVIEW-1: OpenCode: a step is a turn, with its tokens at its end', () => {
  const part = { messageID: 'msg_1' };
  const state = { status: 'completed', input: { command: 'ls' }, output: 'a.js', metadata: { exit: 0 } };
  const events = [
    { type: 'step_start', part },
    { type: 'text', part: { ...part, text: 'I list.' } },
    { type: 'tool_use', part: { ...part, tool: 'bash', callID: 'c1', state } },
    {
      type: 'step_finish',
      part: { ...part, tokens: { input: 3, output: 2, reasoning: 1, cache: { read: 4, write: 0 } } },
    },
    { type: 'error', error: { name: 'APIError', data: { message: 'no money' } } },
  ];
  expect(turnsOf(openCodeTranscript, events)).toEqual([
    ['7 in, 3 out', 'said: I list.', '$ ls → 0 a.js', 'told: APIError: no money'],
  ]);
});

test('R-REVIEW-1: Gemini CLI: pieces of what it says are one', () => {
  const says = (content: string) => ({ type: 'message', role: 'assistant', content, delta: true });
  const events = [
    { type: 'message', role: 'user', content: 'the prompt' },
    says('I '),
    says('write.'),
    {
      type: 'tool_use',
      tool_id: 't1',
      tool_name: 'write_file',
      parameters: { file_path: 'a.js', content: 'one\ntwo\n' },
    },
    { type: 'tool_result', tool_id: 't1', status: 'error', error: { message: 'not allowed' } },
    says('So not.'),
  ];
  expect(turnsOf(geminiCliTranscript, events)).toEqual([
    ['null in, null out', 'said: I write.', 'write a.js → failed null not allowed'],
    ['null in, null out', 'said: So not.'],
  ]);
});

test('R-REVIEW-1: pi: a message of its model is a turn', () => {
  const message = (timestamp: number, content: object[]) => ({
    type: 'message_end',
    message: { role: 'assistant', timestamp, content, usage: { input: 1, output: 2, cacheRead: 3 } },
  });
  const result = {
    role: 'toolResult',
    toolCallId: 't1',
    content: [{ type: 'text', text: 'red\n\nCommand exited with code 2' }],
    isError: true,
  };
  const events = [
    message(1, [{ type: 'toolCall', id: 't1', name: 'bash', arguments: { command: 'make' } }]),
    { type: 'message_end', message: result },
    message(2, [{ type: 'text', text: 'It is red.' }]),
  ];
  expect(turnsOf(piTranscript, events)).toEqual([
    ['4 in, 2 out', '$ make → failed 2 red\n\nCommand exited with code 2'],
    ['4 in, 2 out', 'said: It is red.'],
  ]);
});

test('R-REVIEW-1: an agent by protocol: updates of a call are one call', () => {
  const update = (sessionUpdate: string, rest: object) => ({
    type: 'update',
    update: { sessionUpdate, ...rest },
  });
  const call = { toolCallId: 'c1', title: 'Terminal', kind: 'execute' };
  const diff = [{ type: 'diff', path: 'a.js', oldText: 'b', newText: 'c' }];
  const events = [
    update('agent_message_chunk', { content: { type: 'text', text: 'I ' } }),
    update('agent_message_chunk', { content: { type: 'text', text: 'run.' } }),
    update('tool_call', { ...call, status: 'pending' }),
    update('tool_call_update', { ...call, rawInput: { command: 'npm test' }, status: 'in_progress' }),
    update('tool_call_update', {
      toolCallId: 'c1',
      status: 'failed',
      rawOutput: { exitCode: 3 },
      content: [{ type: 'content', content: { type: 'text', text: 'red' } }],
    }),
    update('tool_call', {
      toolCallId: 'c2',
      title: 'Edit a.js',
      kind: 'edit',
      content: diff,
      status: 'completed',
    }),
    { type: 'closed', message: 'it ended' },
  ];
  expect(turnsOf(acpTranscript, events)).toEqual([
    ['null in, null out', 'said: I run.', '$ npm test → failed 3 red', 'Edit a.js → null ', 'told: it ended'],
  ]);
});

test('R-REVIEW-1: the built-in applier: the plan, the risks, each edit, and what became of them', () => {
  const events = [
    { type: 'proposal', plan: 'Round down.', risks: ['Old receipts'] },
    { type: 'edit', kind: 'replace', path: 'a.js', search: 'ceil', replace: 'floor' },
    { type: 'edit', kind: 'delete', path: 'b.js' },
    { type: 'result', outcome: 'applied', changedFiles: ['a.js', 'b.js'] },
  ];
  expect(turnsOf(patchTranscript, events)).toEqual([
    [
      'null in, null out',
      'said: Round down.',
      'said: Risks:\n- Old receipts',
      'edit a.js',
      'delete b.js',
      'told: Moose applied the edits to 2 files.',
    ],
  ]);
});

const readers: [string, TranscriptReader][] = [
  ['Claude Code', claudeCodeTranscript],
  ['Codex', codexTranscript],
  ['OpenCode', openCodeTranscript],
  ['Gemini CLI', geminiCliTranscript],
  ['pi', piTranscript],
  ['an agent by protocol', acpTranscript],
  ['the built-in applier', patchTranscript],
];

test.each(readers)('R-REVIEW-1: fear: %s prints what is none of its events', (_, read) => {
  const strange = [
    'Segmentation fault',
    '{"type":"assistant","message":{"content":[null,7,{"type":"tool_use"}]}}',
    '{"type":"update","update":{"sessionUpdate":"tool_call","content":{}}}',
    '{"type":"item.completed","item":{"type":"file_change","changes":[null]}}',
    '{"type":"tool_use","part":{"state":{"input":[]}}}',
    '{"type":"message_end","message":{"role":"assistant","content":[{"type":"toolCall"}]}}',
    '{"type":"edit","path":{}}',
    '{"half',
  ];
  const shown = turnsOf(read, strange).flat().join('\n');
  expect(shown).toContain('printed: Segmentation fault');
  expect(shown).toContain('{"half');
});

test.each(readers)('R-REVIEW-1: fear: %s nests so deep that its line cannot be read', (_, read) => {
  const deep = (open: string, close: string, times = 200_000) => open.repeat(times) + close.repeat(times);
  const nested = [
    `{"type":"tool_use","part":{"state":{"status":"completed","input":{"edits":${deep('[{"edits":', '}]', 50_000).replace(':}', ':[]}')}}}}`,
    `{"type":"assistant","message":{"content":[{"type":"tool_use","name":"x","input":{"a":${deep('[', ']')}}}]}}`,
    `{"type":"user","message":{"content":[{"type":"tool_result","content":${deep('[', ']')}}]}}`,
    `{"type":"item.completed","item":{"type":"mcp_tool_call","arguments":{"a":${deep('[', ']')}},"result":${deep('[', ']')}}}`,
    `{"type":"tool_result","output":${deep('[', ']')}}`,
    `{"type":"message_end","message":{"role":"toolResult","content":${deep('[', ']')}}}`,
    `{"type":"update","update":{"sessionUpdate":"tool_call_update","status":"completed","content":${deep('[', ']')}}}`,
    `{"type":"result","outcome":"refused","refusals":[{"path":${deep('[', ']')}}]}`,
  ];
  for (const line of nested) expect(() => read(line), line.slice(0, 60)).not.toThrow();
});

test('R-REVIEW-1: what a tool printed is limited, and both its ends are kept', () => {
  const text = `first${'x'.repeat(100_000)}last`;
  const [turn] = turnsOf(claudeCodeTranscript, [
    asks('m1', { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'cat big' } }),
    answers('t1', text),
  ]);
  expect(turn?.[1]).toMatch(/^\$ cat big → null firstx+\n… 80,009 characters left out …\nx+last$/);
});

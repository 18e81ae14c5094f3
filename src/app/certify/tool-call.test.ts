import { expect, test } from 'vitest';
import { callShell, callToWrite, editInText } from './tool-call.ts';

const tool = (name: string, properties: object, required: string[] = []) => ({
  type: 'function' as const,
  function: { name, parameters: { type: 'object', properties, required } },
});
const text = { type: 'string' };
const asked = { worktreePath: '/w', name: 'certified.txt', text: 'certified' };

test.each([
  ['Bash', { command: text, description: text }, ['command', 'description']],
  ['exec_command', { cmd: text }, ['cmd']],
  ['run_shell_command', { command: text, is_background: { type: 'boolean' } }, ['command', 'is_background']],
])('a command is run by the tool %s, with all that it requires', (name, properties, required) => {
  const call = callShell([tool('Read', { path: text }), tool(name, properties, required)], 'true');
  expect(call?.name).toBe(name);
  const given = JSON.parse(call?.arguments ?? '') as Record<string, unknown>;
  expect(Object.keys(given).sort()).toEqual([...required].sort());
  expect(given.command ?? given.cmd).toBe('true');
});

test('a command that is a list is run by a shell', () => {
  const call = callShell([tool('shell', { command: { type: 'array', items: text } })], 'a && b');
  expect(JSON.parse(call?.arguments ?? '')).toEqual({ command: ['sh', '-c', 'a && b'] });
});

test('without a shell, the file is written by the tool for it, at its whole path', () => {
  const call = callToWrite(
    [tool('read', { path: text }), tool('write_file', { file_path: text, content: text })],
    asked,
  );
  expect(call?.name).toBe('write_file');
  expect(JSON.parse(call?.arguments ?? '')).toEqual({
    file_path: '/w/certified.txt',
    content: 'certified\n',
  });
});

test('an agent that can only read cannot be asked to change a file', () => {
  expect(callToWrite([tool('read', { path: text })], asked)).toBeNull();
  expect(callToWrite(undefined, asked)).toBeNull();
});

test('an agent that asks for blocks in the answer gets one', () => {
  expect(editInText('Answer with SEARCH/REPLACE blocks.', 'a.txt', 'x')).toContain(
    'a.txt\n```\n<<<<<<< SEARCH\n',
  );
  expect(editInText('Answer.', 'a.txt', 'x')).toBeNull();
});

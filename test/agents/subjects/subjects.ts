// The real agents of the contract suite, by name; each in its tested version.
import { aider } from './aider.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { geminiCli } from './gemini-cli.ts';
import { openCode } from './opencode.ts';
import { pi } from './pi.ts';
import { qwenCode } from './qwen-code.ts';
import type { Subject } from './subject.ts';

export const subjects: Readonly<Record<string, Subject>> = {
  'claude-code': claudeCode,
  codex,
  opencode: openCode,
  'gemini-cli': geminiCli,
  'qwen-code': qwenCode,
  pi,
  aider,
};

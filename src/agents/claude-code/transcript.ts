// Reads what Claude Code says and does from its stream.
import { readMessages } from '../transcript/anthropic-messages.ts';
import { readEvents } from '../transcript/parts.ts';

export const claudeCodeTranscript = readEvents(readMessages);

// Reads what Qwen Code says and does from its stream.
import { readMessages } from '../message-transcript.ts';
import { readEvents } from '../transcript-parts.ts';

export const qwenCodeTranscript = readEvents(readMessages);

// Reads what the built-in applier was given, and what it did with it.
import type { TranscriptPart } from '../../domain/agents/transcript-part.ts';
import { counted } from '../../domain/text/counted.ts';
import { isJsonObject, type JsonEvent } from '../json-lines.ts';
import { toolCall } from '../tool-title.ts';
import { readEvents, said, textIn, told } from '../transcript-parts.ts';

export const patchTranscript = readEvents((event) => {
  switch (event.type) {
    case 'proposal':
      return [...said(event.plan), ...risksIn(event.risks)];
    case 'edit':
      return readEdit(event);
    case 'result':
      return readResult(event);
    default:
      return [];
  }
});

function risksIn(risks: unknown): TranscriptPart[] {
  const each = Array.isArray(risks) ? risks.filter((risk) => typeof risk === 'string') : [];
  return each.length === 0 ? [] : said(`Risks:\n${each.map((risk) => `- ${risk}`).join('\n')}`);
}

function readEdit({ kind, path, search, replace, content }: JsonEvent): TranscriptPart[] {
  return [toolCall(null, kind, { path, search, replace, content })];
}

function readResult({ outcome, changedFiles, refusals, problem }: JsonEvent): TranscriptPart[] {
  if (outcome === 'applied') {
    const count = Array.isArray(changedFiles) ? changedFiles.length : 0;
    return told(`Moose applied the edits to ${counted(count, 'file')}.`);
  }
  const reasons = Array.isArray(refusals) ? refusals.filter(isJsonObject) : [];
  const because = reasons.map(({ path, reason }) => `${textIn(path)}: ${textIn(reason)}`).join('; ');
  const words = because || textIn(isJsonObject(problem) ? problem.message : problem);
  return told(`Moose did not apply the edits: ${words}`, { failed: true });
}

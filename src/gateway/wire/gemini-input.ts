// The input of a Gemini request: its parts, and the action that it answers.
import { hasComputer } from './gemini-features.ts';
import { eitherIn } from './gemini-request.ts';
import { hashOfAction, inputParts, type PartSource } from './input-parts.ts';
import { isObject, type JsonObject, listIn, memberOf, textIn } from './json-value.ts';
import type { InputPart } from './wire.ts';

const computerTokens = 2_000;

export function geminiParts(model: string, body: JsonObject): InputPart[] {
  const tools = listIn(body, 'tools');
  const system = eitherIn(body, 'systemInstruction') ?? null;
  const cached = eitherIn(body, 'cachedContent') ?? null;
  const settings = eitherIn(body, 'generationConfig');
  const shape = ['responseSchema', 'responseJsonSchema', 'thinkingConfig'].map(
    (name) => eitherIn(settings, name) ?? null,
  );
  const first: PartSource = {
    text: JSON.stringify([model, tools, system, cached, shape, eitherIn(body, 'toolConfig') ?? null]),
    extraTokens: hasComputer(tools) ? computerTokens : 0,
    isUnseen: cached !== null || partsOf(system).some(isUnseen),
  };
  return inputParts([first, ...contentsOf(body).map(contentPart)]);
}

/** One message may stand without a list around it. */
export function contentsOf(body: JsonObject): readonly unknown[] {
  const contents = memberOf(body, 'contents');
  return isObject(contents) ? [contents] : listIn(body, 'contents');
}

export function partsOf(content: unknown): readonly unknown[] {
  const parts = memberOf(content, 'parts');
  return isObject(parts) ? [parts] : listIn(content, 'parts');
}

function contentPart(content: unknown): PartSource {
  return { text: JSON.stringify(content), isUnseen: partsOf(content).some(isUnseen) };
}

const seenNames = new Set([
  ...['text', 'thought', 'thoughtSignature', 'thought_signature', 'partMetadata', 'part_metadata'],
  ...['functionCall', 'function_call', 'functionResponse', 'function_response'],
  ...['executableCode', 'executable_code', 'codeExecutionResult', 'code_execution_result'],
]);

function isUnseen(part: unknown): boolean {
  const names = isObject(part) ? Object.keys(part) : [];
  const nested = eitherIn(part, 'functionResponse');
  return names.some((name) => !seenNames.has(name)) || listIn(nested, 'parts').some(isUnseen);
}

/** A sound has a tariff of its own. */
export function isSound(part: unknown): boolean {
  const sources = [eitherIn(part, 'inlineData'), eitherIn(part, 'fileData')];
  const types = sources.map((source) => eitherIn(source, 'mimeType'));
  const nested = listIn(eitherIn(part, 'functionResponse'), 'parts');
  return types.some((type) => typeof type === 'string' && /^audio\//i.test(type)) || nested.some(isSound);
}

export function geminiAction(body: JsonObject): string | null {
  const last = contentsOf(body).findLast((content) => textIn(content, 'role') === 'model');
  const parts = partsOf(last);
  const calls = parts
    .map((part) => eitherIn(part, 'functionCall'))
    .filter(isObject)
    .map((call) => [memberOf(call, 'name'), memberOf(call, 'args')]);
  return hashOfAction(calls, parts.map((part) => textIn(part, 'text') ?? '').join(''));
}

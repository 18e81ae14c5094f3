// Which members a Gemini request may contain, in both spellings of each name, and which parts of it have a known size.

import { memberOf } from '../json-value.ts';
import { mediaIn } from '../picture.ts';
import {
  anything,
  base64,
  either,
  inlined,
  listOf,
  members,
  only,
  pictured,
  plain,
  type Shape,
  textLike,
} from '../shape.ts';
import { snakeOf } from './gemini-request.ts';

function spelled(shapes: Readonly<Record<string, Shape>>): Shape {
  const both = Object.entries(shapes).flatMap(([name, shape]) => [
    [name, shape] as const,
    [snakeOf(name), shape] as const,
  ]);
  return members(Object.fromEntries(both));
}

/** Images and pages, which cost as much as text. */
const ofTextsTariff = /^(?:image\/[a-z0-9.+-]+|text\/[a-z0-9.+-]+|application\/(?:pdf|json|xml))$/i;
const inlineData = spelled({ mimeType: textLike(ofTextsTariff), data: base64, displayName: plain });

export function isOfTextsTariff(data: unknown): boolean {
  const types = [memberOf(data, 'mimeType'), memberOf(data, 'mime_type')].filter(
    (type) => type !== undefined,
  );
  return types.length === 1 && types.every((type) => typeof type === 'string' && ofTextsTariff.test(type));
}
const about = { thought: plain, thoughtSignature: plain, partMetadata: anything };
const image = spelled({ mimeType: textLike(/^image\/(?!svg)/i), data: base64, displayName: plain });
const pictureOf = (value: unknown) =>
  mediaIn(memberOf(value, 'inlineData') ?? memberOf(value, 'inline_data'), ['mimeType', 'mime_type']);
const media = either(
  pictured(spelled({ ...about, inlineData: image, mediaResolution: anything }), pictureOf),
  inlined(spelled({ ...about, inlineData, mediaResolution: anything })),
);
const nestedMedia = either(
  pictured(spelled({ inlineData: image }), pictureOf),
  inlined(spelled({ inlineData })),
);
const called = spelled({
  id: plain,
  name: plain,
  args: anything,
  willContinue: plain,
  partialArgs: anything,
});
const answered = spelled({
  id: plain,
  name: plain,
  response: anything,
  willContinue: plain,
  scheduling: plain,
  parts: either(listOf(nestedMedia), listOf(plain)),
});
const text = spelled({
  ...about,
  text: plain,
  functionCall: called,
  functionResponse: answered,
  executableCode: spelled({ id: plain, language: plain, code: plain }),
  codeExecutionResult: spelled({ id: plain, outcome: plain, output: plain }),
});

/** A part of a message. */
export const geminiPart = either(text, media);

/** A single message or part may appear without a list around it. */
const loosely =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) ? listOf(shape)(value) : shape(value);
/** The object around the parts: unknown members are not sent. */
const message = spelled({ role: plain, parts: loosely(anything) });

const declared = spelled({
  name: plain,
  description: plain,
  behavior: plain,
  parameters: anything,
  parametersJsonSchema: anything,
  response: anything,
  responseJsonSchema: anything,
});
const tool = spelled({ functionDeclarations: listOf(declared), computerUse: anything });

const settings = spelled({
  temperature: plain,
  topP: plain,
  topK: plain,
  candidateCount: plain,
  maxOutputTokens: plain,
  stopSequences: listOf(plain),
  presencePenalty: plain,
  frequencyPenalty: plain,
  seed: plain,
  responseMimeType: plain,
  responseSchema: anything,
  responseJsonSchema: anything,
  responseLogprobs: plain,
  logprobs: plain,
  mediaResolution: plain,
  responseModalities: listOf(plain),
  speechConfig: only(null),
  thinkingConfig: spelled({ includeThoughts: plain, thinkingBudget: plain, thinkingLevel: plain }),
});

/** The request as it is sent, after everything without a bound is removed. */
export const geminiRequest = spelled({
  contents: loosely(message),
  systemInstruction: either(plain, message),
  generationConfig: settings,
  tools: loosely(tool),
  toolConfig: spelled({
    functionCallingConfig: spelled({ mode: plain, allowedFunctionNames: listOf(plain) }),
    includeServerSideToolInvocations: only(false),
  }),
  safetySettings: listOf(spelled({ category: plain, threshold: plain, method: plain })),
  cachedContent: plain,
  serviceTier: plain,
  labels: anything,
  model: plain,
});

/** The request for token counting, which is free. */
export const geminiCounted = spelled({
  contents: anything,
  generateContentRequest: anything,
  systemInstruction: anything,
  tools: anything,
  generationConfig: anything,
  toolConfig: anything,
  model: plain,
});

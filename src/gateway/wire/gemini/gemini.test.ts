import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  anyCuts,
  callOf,
  cutAt,
  events,
  folded,
  recorded,
  refusalOf,
  requestOf,
  sentBy,
} from '../recorded.fixture.ts';
import { gemini as wire } from './gemini.ts';

const path = '/v1beta/models/gemini-2.5-flash:generateContent';
const base = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };

const chunk = (text: string, usageMetadata: object, finishReason?: string) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0 }],
  usageMetadata,
});
const said = chunk('a "]}{[" \\" €', { promptTokenCount: 1_000, totalTokenCount: 1_000 });
const thought = chunk('b', { promptTokenCount: 1_000, thoughtsTokenCount: 40, totalTokenCount: 1_040 });
const usage = {
  promptTokenCount: 1_000,
  cachedContentTokenCount: 600,
  candidatesTokenCount: 50,
  thoughtsTokenCount: 40,
  totalTokenCount: 1_090,
};
const last = chunk('', usage, 'STOP');
const billed = {
  inputTokens: 400,
  cacheReadTokens: 600,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 90,
};

test('R-BUD-3: what the Gemini CLI sends passes, with a limit', () => {
  const request = recorded('gemini-cli-second');
  expect(wire.matches(request.method, request.path)).toBe(true);
  const call = callOf(wire, request);
  expect(call).toMatchObject({
    model: 'gemini-2.5-flash',
    isStream: true,
    outputTokensMax: null,
    cachePremium: 'none',
  });
  expect(call.parts.every((part) => part.tokensMax !== null)).toBe(true);
  const given = JSON.parse(request.body.toString());
  expect(JSON.parse(call.render(16_000).toString())).toEqual({
    ...given,
    generationConfig: { ...given.generationConfig, maxOutputTokens: 16_000 },
  });
  expect(Object.keys(call.headers)).not.toContain('x-goog-api-key');
});

test('a conversation of the Gemini CLI that grows begins with the same parts', () => {
  const first = callOf(wire, recorded('gemini-cli-first'));
  const second = callOf(wire, recorded('gemini-cli-second'));
  const hashes = second.parts.map(({ hash }) => hash);
  expect(hashes.slice(0, first.parts.length)).toEqual(first.parts.map(({ hash }) => hash));
  expect([first.actionHash, second.actionHash]).toEqual([null, expect.any(String)]);
});

test.each([
  ['POST', '/v1beta/models/gemini-3.8-flash:streamGenerateContent', true],
  ['POST', '/v1/models/gemini-3.8-flash:generateContent', true],
  ['POST', '/v1beta/models/gemini-3.8-flash:countTokens', true],
  ['GET', '/v1beta/models/gemini-3.8-flash:generateContent', false],
  ['POST', '/v1beta/models/gemini-3.8-flash:batchGenerateContent', false],
  ['POST', '/v1beta/cachedContents', false],
  ['POST', '/v1beta/models/a/b:generateContent', false],
])('%s %s: %s', (method, address, isMatch) => {
  expect(wire.matches(method, address)).toBe(isMatch);
});

test('R-BUD-3: both spellings are read, and written in the one that the client uses', () => {
  const snake = { ...base, generation_config: { max_output_tokens: 9_000, top_k: 1 } };
  const request = requestOf(path, snake);
  expect(callOf(wire, request).outputTokensMax).toBe(9_000);
  expect(callOf(wire, request).render(9_000)).toBe(request.body);
  expect(sentBy(wire, request, 4_096)).toEqual({
    ...base,
    generation_config: { max_output_tokens: 4_096, top_k: 1 },
  });
  const mixed = { ...base, generationConfig: { max_output_tokens: 9_000 } };
  expect(sentBy(wire, requestOf(path, mixed), 5)).toEqual({
    ...base,
    generationConfig: { max_output_tokens: 5 },
  });
  expect(sentBy(wire, requestOf(path, base), 5)).toEqual({
    ...base,
    generationConfig: { maxOutputTokens: 5 },
  });
});

test.each([
  ['settings', { generationConfig: {}, generation_config: { maxOutputTokens: 9 } }],
  ['a limit', { generationConfig: { maxOutputTokens: 1, max_output_tokens: 64_000 } }],
])('%s in two spellings are refused: the provider might take the other one', (_, extra) => {
  expect(refusalOf(wire, requestOf(path, { ...base, ...extra })).message).toMatch(/in two ways/);
});

const named = { functionDeclarations: [{ name: 'a' }] };

test.each([
  ['many answers', { generationConfig: { candidateCount: 2 } }],
  ['many answers in the other spelling', { generation_config: { candidate_count: 2 } }],
  ['pictures', { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }],
  ['speech', { generationConfig: { speechConfig: {} } }],
  ['a search alone', { tools: [{ googleSearch: {} }] }],
  ['a search without a list around it', { tools: { google_search: {} } }],
  ['code that runs at the provider', { tools: [{ codeExecution: {} }] }],
  ['sound', { contents: [{ parts: [{ inlineData: { mimeType: 'audio/wav', data: '' } }] }] }],
  ['sound in the other spelling', { contents: { parts: { file_data: { mime_type: 'AUDIO/wav' } } } }],
])('R-BUD-3: %s is refused', (_, extra) => {
  expect(refusalOf(wire, requestOf(path, { ...base, ...extra })).failure).toBe('refused_feature');
});

test('R-BUD-3: what the provider would run is taken out from beside what the client runs', () => {
  const generationConfig = { maxOutputTokens: 5, candidateCount: 1, responseModalities: ['TEXT'] };
  const tools = [{ ...named, googleSearch: {} }, { urlContext: {} }];
  const body = { ...base, tools, service_tier: 'priority', model: 'models/other', generationConfig };
  expect(sentBy(wire, requestOf(path, body), 5)).toEqual({ ...base, tools: [named], generationConfig });
});

test.each([
  ['no contents', {}, ''],
  ['fields that leave the usage out', base, '?fields=candidates'],
  ['another form of answer', base, '?alt=proto'],
  ['a limit in words', { ...base, generationConfig: { maxOutputTokens: 'many' } }, ''],
])('a request with %s is refused', (_, body, search) => {
  expect(refusalOf(wire, { ...requestOf(path, body), search }).failure).toBe('bad_request');
});

test('files and stored contents are of unknown size, pictures are not', () => {
  const sizes = (extra: object) =>
    callOf(wire, requestOf(path, { ...base, ...extra })).parts.map(({ tokensMax }) => tokensMax === null);
  expect(sizes({ systemInstruction: { parts: [{ text: 'x' }] } })).toEqual([false, false]);
  expect(sizes({ cached_content: 'cachedContents/1' })).toEqual([true, false]);
  expect(sizes({ contents: [{ parts: [{ inline_data: { mime_type: 'application/pdf' } }] }] })).toEqual([
    false,
    true,
  ]);
  expect(sizes({ contents: [{ parts: [{ inline_data: { mime_type: 'image/png' } }] }] })).toEqual([
    false,
    false,
  ]);
  const response = { name: 'a', response: {}, parts: [{ inlineData: { mimeType: 'text/html' } }] };
  expect(sizes({ contents: [{ parts: [{ functionResponse: response }] }] })).toEqual([false, true]);
});

test('counting tokens is free, and the request is passed on unchanged', () => {
  const request = requestOf('/v1beta/models/gemini-2.5-flash:countTokens', base);
  expect(callOf(wire, request)).toMatchObject({ isFree: true, isStream: false });
  expect(callOf(wire, request).render(5)).toBe(request.body);
});

test('R-BUD-2: thoughts are paid for as output; the usage is the same however the stream is cut, in both of its forms', () => {
  const chunks = [said, thought, last];
  const list = Buffer.from(`[${chunks.map((each) => JSON.stringify(each, null, 2)).join('\n,\r\n')}\n]`);
  fc.assert(
    fc.property(anyCuts, fc.constantFrom(events(chunks), events(chunks, '\r\n'), list), (cuts, bytes) => {
      expect(folded(wire.fold(true), cutAt(bytes, cuts))).toEqual({
        usage: billed,
        isWhole: true,
        failure: null,
        surprise: null,
        shownChars: 14,
      });
    }),
  );
});

test('R-BUD-2: a stream that was cut has no usage, though its input is known', () => {
  const fold = wire.fold(true);
  fold.push(events([said, thought]));
  expect(fold.input).toMatchObject({ inputTokens: 1_000, outputTokens: 0 });
  expect(fold.end()).toMatchObject({ usage: null, isWhole: false });
});

test('an answer in one piece, and one that was blocked, have their usage', () => {
  expect(folded(wire.fold(false), [Buffer.from(JSON.stringify(last, null, 1))])).toMatchObject({
    usage: billed,
  });
  const blocked = {
    promptFeedback: { blockReason: 'SAFETY' },
    usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 },
  };
  expect(folded(wire.fold(false), [Buffer.from(JSON.stringify(blocked))])).toMatchObject({
    usage: { inputTokens: 7, outputTokens: 0 },
    isWhole: true,
  });
});

test.each([
  ['sound', { ...usage, promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 1 }] }, {}],
  ['a tool of the provider', { ...usage, toolUsePromptTokenCount: 5 }, {}],
  ['service_tier: ON_DEMAND_PRIORITY', { ...usage, trafficType: 'ON_DEMAND_PRIORITY' }, {}],
  ['service_tier: TURBO', { ...usage, serviceTier: 'standard', trafficType: 'TURBO' }, {}],
  ['an answer of IMAGE', { ...usage, candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: '9' }] }, {}],
  ['a search of the web', usage, { groundingMetadata: {} }],
])('R-BUD-2: %s in an answer has a price that nobody bounded', (surprise, usageMetadata, extra) => {
  const body = { candidates: [{ finishReason: 'STOP', ...extra }], usageMetadata };
  expect(folded(wire.fold(true), [events([body])]).surprise).toBe(surprise);
});

test('an error within a stream has its kind, in a list too', () => {
  const error = { error: { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded' } };
  const list = Buffer.from(JSON.stringify([said, error]));
  for (const bytes of [events([said, error]), list]) {
    expect(folded(wire.fold(true), [bytes])).toMatchObject({ isWhole: false, failure: 'overloaded' });
  }
});

test("the key is read from where the protocol's clients put it", () => {
  expect(wire.keyOf({ headers: { 'x-goog-api-key': 'k' }, search: '' })).toBe('k');
  expect(wire.keyOf({ headers: {}, search: '?alt=sse&key=k%2B' })).toBe('k+');
});

test('R-BUD-4: a refusal is an error of the protocol', () => {
  const { body } = wire.refuse({ status: 400, failure: 'budget_exceeded', message: 'No money.' });
  expect(JSON.parse(body)).toEqual({
    error: { code: 400, message: 'moose: budget_exceeded: No money.', status: 'INVALID_ARGUMENT' },
  });
  const end = folded(wire.fold(true), [events([said]), Buffer.from(wire.breakOff('braked', 'x'))]);
  expect(end.failure).toBe('bad_request');
});

test('rendering twice gives the same result as rendering once', () => {
  const name = fc.constantFrom('generationConfig', 'generation_config');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9_999 }),
      name,
      fc.jsonValue({ maxDepth: 3 }),
      (limit, place, value) => {
        const settings = { temperature: 1, responseSchema: value };
        const request = requestOf(path, { ...base, [place]: settings });
        const once = callOf(wire, request).render(limit);
        expect(callOf(wire, { ...request, body: once }).render(limit)).toEqual(once);
        expect(JSON.parse(once.toString())[place].responseSchema).toEqual(JSON.parse(JSON.stringify(value)));
      },
    ),
  );
});

test('it never throws, whatever a client or a provider sends', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue({ maxDepth: 4 }), (one, other) => {
      wire.read(
        requestOf(path, {
          contents: [one, { role: 'model', parts: other }],
          tools: one,
          generationConfig: one,
        }),
      );
      wire.read(requestOf(path, { contents: other, systemInstruction: one, tools: [other] }));
      folded(wire.fold(true), [events([{ candidates: one, usageMetadata: other }, one, other])]);
      folded(wire.fold(true), [Buffer.from(JSON.stringify([one, other]))]);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), anyCuts, (bytes, cuts) => {
      folded(wire.fold(true), cutAt(Buffer.concat([Buffer.from('['), bytes]), cuts));
      wire.read({
        ...requestOf(path, {}),
        body: Buffer.from(bytes),
        search: Buffer.from(bytes).toString('latin1'),
      });
    }),
  );
});

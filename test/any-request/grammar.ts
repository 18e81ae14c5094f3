// Random requests, from a seed, as clients may write them in each protocol: texts, tools, pictures, files, nested
// results, settings.
import type { WireName } from '../../src/domain/agents/model-call.ts';

export interface AnyRequest {
  wire: WireName;
  path: string;
  /** The name of the member that contains the conversation. */
  conversation: 'messages' | 'input' | 'contents';
  body: Record<string, unknown>;
}

export type Random = () => number;

export function oneOf<T>(random: Random, ...values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

function some<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, make);
}

function maybe(random: Random, members: () => object): object {
  return random() < 0.4 ? members() : {};
}

const words = [
  'the file reads a line',
  'größer',
  '漢字',
  '🦌🦌',
  '\uFDFA\uFDFA\uFDFA',
  '㎯',
  '\u0958',
  'Ａ',
  'e\u0301',
  '\\u fdfa',
  '"quoted" \\ and back',
  ' \n\t ',
  '',
  '{"a":"\\ufdfa"}',
  '\uD800',
];

export function text(random: Random): string {
  return some(random, 4, () => oneOf(random, ...words).repeat(1 + Math.floor(random() * 20))).join(' ');
}

const data = 'iVBORw0KGgo=';
const url = 'https://example.com/a';
const schema = (random: Random) => ({
  type: 'object',
  properties: { a: { type: 'string', description: text(random) } },
});
const mark = (random: Random) => ({
  cache_control: { type: 'ephemeral', ...maybe(random, () => ({ ttl: oneOf(random, '5m', '1h') })) },
});

function claudeBlock(random: Random, depth: number): object {
  const below = () => some(random, 2, () => claudeBlock(random, depth - 1));
  const leaves: (() => object)[] = [
    () => ({ type: 'text', text: text(random), ...maybe(random, () => mark(random)) }),
    () => ({ type: 'thinking', thinking: text(random), signature: 's' }),
    () => ({ type: 'tool_use', id: 't', name: 'a', input: { q: text(random) } }),
    () => ({ type: 'tool_reference', tool_name: oneOf(random, 'a', 'b') }),
    () => ({
      type: 'image',
      source: oneOf<object>(random, { type: 'base64', media_type: 'image/png', data }, { type: 'url', url }),
    }),
    () => ({
      type: 'document',
      source: oneOf<object>(
        random,
        { type: 'text', media_type: 'text/plain', data: text(random) },
        { type: 'file', file_id: 'f' },
        { type: 'url', url },
      ),
    }),
  ];
  const nested: (() => object)[] = [
    () => ({ type: 'tool_result', tool_use_id: 't', content: oneOf<unknown>(random, text(random), below()) }),
    () => ({ type: 'document', title: text(random), source: { type: 'content', content: below() } }),
  ];
  return oneOf(random, ...leaves, ...leaves.slice(0, 3), ...(depth > 0 ? [...nested, ...nested] : []))();
}

function claude(random: Random): AnyRequest {
  const tool = () => ({
    name: oneOf(random, 'a', 'b'),
    description: text(random),
    input_schema: schema(random),
  });
  const typed = { type: oneOf(random, 'bash_20250124', 'web_search_20250305'), name: 'typed' };
  const body = {
    model: 'claude-sonnet-5',
    max_tokens: 900,
    messages: Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: oneOf<unknown>(
        random,
        text(random),
        some(random, 3, () => claudeBlock(random, 3)),
      ),
    })),
    ...maybe(random, () => ({
      system: oneOf<unknown>(random, text(random), [
        { type: 'text', text: text(random), ...maybe(random, () => mark(random)) },
      ]),
    })),
    ...maybe(random, () => ({ tools: [...some(random, 2, tool), ...(random() < 0.2 ? [typed] : [])] })),
    ...maybe(random, () => ({ metadata: { user_id: text(random) }, temperature: 0.5, stream: true })),
    ...maybe(random, () => ({ thinking: { type: 'enabled', budget_tokens: 1_024 } })),
    ...maybe(random, () => ({ service_tier: oneOf(random, 'auto', 'standard_only') })),
  };
  return { wire: 'anthropic-messages', path: '/v1/messages', conversation: 'messages', body };
}

function chatMessage(random: Random): object {
  const part = () =>
    oneOf<object>(
      random,
      { type: 'text', text: text(random) },
      {
        type: 'text',
        text: text(random),
        ...maybe(random, () => ({ cache_control: { type: 'ephemeral' } })),
      },
      { type: 'image_url', image_url: { url: oneOf(random, url, `data:image/png;base64,${data}`) } },
      {
        type: 'file',
        file: oneOf<object>(
          random,
          { file_id: 'f' },
          { file_data: `data:application/pdf;base64,${data}`, filename: 'a' },
        ),
      },
    );
  return oneOf<() => object>(
    random,
    () => ({
      role: 'user',
      content: oneOf<unknown>(random, text(random), text(random), some(random, 3, part)),
    }),
    () => ({ role: 'tool', tool_call_id: 'c', content: text(random) }),
    () => ({
      role: 'assistant',
      content: null,
      reasoning_content: text(random),
      tool_calls: [
        {
          id: 'c',
          type: 'function',
          function: { name: 'a', arguments: JSON.stringify({ q: text(random) }) },
        },
      ],
    }),
  )();
}

function chat(random: Random): AnyRequest {
  const tool = () => ({
    type: 'function',
    function: { name: 'a', description: text(random), parameters: schema(random) },
  });
  const body = {
    model: oneOf(random, 'm', 'gpt-5.6'),
    messages: [{ role: 'system', content: text(random) }, ...some(random, 4, () => chatMessage(random))],
    ...maybe(random, () => ({ tools: some(random, 2, tool), tool_choice: 'auto' })),
    ...maybe(random, () => ({ stream: true, stream_options: { include_usage: true } })),
    ...maybe(random, () => oneOf<object>(random, { max_tokens: 900 }, { max_completion_tokens: 900 })),
    ...maybe(random, () => ({ user: text(random), temperature: 0, n: 1 })),
    ...maybe(random, () => ({ response_format: { type: 'json_schema', json_schema: schema(random) } })),
  };
  return { wire: 'openai-chat', path: '/v1/chat/completions', conversation: 'messages', body };
}

function responsesItem(random: Random): object {
  const part = () =>
    oneOf<object>(
      random,
      { type: 'input_text', text: text(random) },
      { type: 'input_text', text: text(random) },
      { type: 'input_image', image_url: oneOf(random, url, `data:image/png;base64,${data}`) },
      {
        type: 'input_file',
        ...oneOf<object>(random, { file_id: 'f' }, { file_url: url }, { file_data: data, filename: 'a' }),
      },
    );
  return oneOf<() => object>(
    random,
    () => ({
      type: 'message',
      role: 'user',
      content: oneOf<unknown>(random, text(random), some(random, 3, part)),
    }),
    () => ({
      type: 'function_call',
      call_id: 'c',
      name: 'a',
      arguments: JSON.stringify({ q: text(random) }),
    }),
    () => ({
      type: 'function_call_output',
      call_id: 'c',
      output: oneOf<unknown>(random, text(random), some(random, 2, part)),
    }),
    () => ({ type: 'reasoning', summary: [], ...maybe(random, () => ({ encrypted_content: text(random) })) }),
  )();
}

function responses(random: Random): AnyRequest {
  const tool = () => ({ type: 'function', name: 'a', description: text(random), parameters: schema(random) });
  const body = {
    model: 'gpt-5.6-codex',
    input: oneOf<unknown>(
      random,
      text(random),
      some(random, 4, () => responsesItem(random)),
    ),
    ...maybe(random, () => ({ instructions: text(random) })),
    ...maybe(random, () => ({
      tools: [...some(random, 2, tool), ...(random() < 0.2 ? [{ type: 'web_search' }] : [])],
    })),
    ...maybe(random, () => ({ reasoning: { effort: 'high', summary: 'auto' }, store: false })),
    ...maybe(random, () => ({ client_metadata: { a: text(random) }, prompt_cache_key: text(random) })),
    ...maybe(random, () => ({ max_output_tokens: 900 })),
    ...(random() < 0.05 ? { previous_response_id: 'r' } : {}),
  };
  return { wire: 'openai-responses', path: '/v1/responses', conversation: 'input', body };
}

function geminiPart(random: Random): object {
  const part = () => ({ text: text(random) });
  return oneOf<() => object>(
    random,
    part,
    part,
    () => ({ functionCall: { name: 'a', args: { q: text(random) } } }),
    () => ({ functionResponse: { name: 'a', response: { q: text(random) } } }),
    () => ({ inlineData: { mimeType: oneOf(random, 'image/png', 'image/png', 'audio/wav'), data } }),
    () => (random() < 0.2 ? { fileData: { mimeType: 'image/png', fileUri: url } } : part()),
  )();
}

function gemini(random: Random): AnyRequest {
  const declared = () => ({ name: 'a', description: text(random), parameters: schema(random) });
  const content = () => ({
    role: oneOf(random, 'user', 'model'),
    parts: [geminiPart(random), ...some(random, 2, () => geminiPart(random))],
  });
  const body = {
    contents: [content(), ...some(random, 3, content)],
    ...maybe(random, () => ({ systemInstruction: { parts: [{ text: text(random) }] } })),
    ...maybe(random, () => ({
      tools: oneOf<unknown>(random, [{ functionDeclarations: some(random, 2, declared) }], {
        functionDeclarations: [declared()],
      }),
    })),
    ...maybe(random, () => ({
      generationConfig: { maxOutputTokens: 900, temperature: 1, thinkingConfig: { includeThoughts: true } },
    })),
    ...maybe(random, () => ({ labels: { a: text(random) } })),
    ...(random() < 0.05 ? { cachedContent: 'cachedContents/1' } : {}),
  };
  const path = '/v1beta/models/gemini-2.5-flash:generateContent';
  return { wire: 'gemini', path, conversation: 'contents', body };
}

export const makers = [claude, chat, responses, gemini] as const;

export function anyRequest(random: Random): AnyRequest {
  return oneOf(random, ...makers)(random);
}

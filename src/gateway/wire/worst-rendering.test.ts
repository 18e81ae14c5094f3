// What hosts make of structured members before they count them (R-BUD-10): never more bytes than were reserved.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundOf, chat, claude, gemini, responses } from '../bound-fears.fixture.ts';
import { worstRendering } from './worst-rendering.ts';

const ascii = (text: string) =>
  text.replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
const html = (text: string) =>
  text.replace(/[<>&']/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
const spaced = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}: ${spaced(each)}`)
    .join(', ')}}`;
};
const tagged = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, each]) => `\n<${name}>${tagged(each)}</${name}>`)
    .join('');
};

/** As `tojson(indent=4)` of a template, Python's `json.dumps`, Jinja's `tojson`, tags, and tags for arguments. */
const renderers: Record<string, (value: unknown) => string> = {
  'with indentation': (value) => JSON.stringify(value, null, 4),
  'with indentation and escapes': (value) => ascii(html(JSON.stringify(value, null, 4))),
  'with spaces': spaced,
  'with spaces and escapes': (value) => ascii(spaced(value)),
  'for HTML': (value) => ascii(html(spaced(value))),
  'with tags': tagged,
  'with tags for arguments': (value) =>
    typeof value !== 'object' || value === null
      ? String(value)
      : Object.entries(value)
          .map(([name, each]) => `<parameter=${name}>\n${html(ascii(spaced(each)))}\n</parameter>\n`)
          .join(''),
};

test.each(Object.entries(renderers))(
  'R-BUD-10: a member that is rendered %s is never longer than its bound',
  (_, rendered) => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), (value) => {
        expect(Buffer.byteLength(rendered(value))).toBeLessThanOrEqual(worstRendering(value));
        // JSON within JSON, as the arguments of a call.
        expect(Buffer.byteLength(rendered(value))).toBeLessThanOrEqual(
          worstRendering(typeof value === 'object' && value !== null ? JSON.stringify(value) : value),
        );
      }),
    );
  },
);

const deep = Array.from({ length: 40 }).reduce<unknown>((each) => [each, 1, 2, 3], []);
const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, '<漢>']));
const structured: [string, unknown][] = [
  ['nesting', deep],
  ['letters that are escaped', many],
  ['short items', Array.from({ length: 5_000 }, () => 0)],
];
const places: [string, (value: unknown) => readonly [Parameters<typeof boundOf>[0], object]][] = [
  [
    'a schema (anthropic)',
    (value) => [
      'anthropic-messages',
      claude('x', { tools: [{ name: 'a', input_schema: { enum: [value] } }] }),
    ],
  ],
  [
    'arguments (anthropic)',
    (value) => ['anthropic-messages', claude([{ type: 'tool_use', id: 't', name: 'a', input: { value } }])],
  ],
  [
    'a result (anthropic)',
    (value) => [
      'anthropic-messages',
      claude([{ type: 'tool_result', tool_use_id: 't', content: JSON.stringify({ value }) }]),
    ],
  ],
  [
    'a format (anthropic)',
    (value) => [
      'anthropic-messages',
      claude('x', { output_config: { format: { type: 'json_schema', schema: { value } } } }),
    ],
  ],
  [
    'a schema (chat)',
    (value) => [
      'openai-chat',
      chat('x', { tools: [{ type: 'function', function: { name: 'a', parameters: { value } } }] }),
    ],
  ],
  [
    'an older schema (chat)',
    (value) => ['openai-chat', chat('x', { functions: [{ name: 'a', parameters: { value } }] })],
  ],
  [
    'a format (chat)',
    (value) => [
      'openai-chat',
      chat('x', { response_format: { type: 'json_schema', json_schema: { value } } }),
    ],
  ],
  [
    'arguments (chat)',
    (value) => [
      'openai-chat',
      {
        model: 'm',
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c', type: 'function', function: { name: 'a', arguments: JSON.stringify({ value }) } },
            ],
          },
        ],
      },
    ],
  ],
  [
    'a result (chat)',
    (value) => [
      'openai-chat',
      { model: 'm', messages: [{ role: 'tool', tool_call_id: 'c', content: JSON.stringify({ value }) }] },
    ],
  ],
  [
    'a schema (responses)',
    (value) => [
      'openai-responses',
      responses('x', { tools: [{ type: 'function', name: 'a', parameters: { value } }] }),
    ],
  ],
  [
    'arguments (responses)',
    (value) => [
      'openai-responses',
      {
        model: 'm',
        input: [{ type: 'function_call', call_id: 'c', name: 'a', arguments: JSON.stringify({ value }) }],
      },
    ],
  ],
  [
    'a result (responses)',
    (value) => [
      'openai-responses',
      {
        model: 'm',
        input: [{ type: 'function_call_output', call_id: 'c', output: JSON.stringify({ value }) }],
      },
    ],
  ],
  [
    'a schema (gemini)',
    (value) => [
      'gemini',
      { ...gemini({ text: 'x' }), tools: [{ functionDeclarations: [{ name: 'a', parameters: { value } }] }] },
    ],
  ],
  ['arguments (gemini)', (value) => ['gemini', gemini({ functionCall: { name: 'a', args: { value } } })]],
  [
    'a result (gemini)',
    (value) => ['gemini', gemini({ functionResponse: { name: 'a', response: { value } } })],
  ],
];

test.each(
  places.flatMap(([place, body]) => structured.map(([kind, value]) => [place, kind, body, value] as const)),
)('R-BUD-10: fear: %s with %s costs more than its bytes', (_place, _kind, body, value) => {
  const [wire, request] = body(value);
  const rendered = renderers['with indentation and escapes']?.({ value }) ?? '';
  expect(boundOf(wire, request)).toBeGreaterThanOrEqual(rendered.length);
});

test('R-BUD-4: plain text is bounded by its bytes', () => {
  const text = 'if (a < b && c > "d") { return \'e\'; }\n'.repeat(1_000);
  for (const [wire, body] of [
    ['anthropic-messages', claude(text)],
    ['anthropic-messages', claude('x', { system: text })],
    ['openai-chat', chat(text)],
    ['openai-responses', responses(text)],
    ['openai-responses', responses('x', { instructions: text })],
    ['gemini', gemini({ text })],
  ] as const)
    expect(boundOf(wire, body)).toBeLessThan(JSON.stringify(text).length + 2_000);
});

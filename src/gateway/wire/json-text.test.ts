import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonLimits, readJsonText } from './json-text.ts';

const read = (text: string) => {
  const found = readJsonText(Buffer.from(text));
  if ('problem' in found) throw new Error(found.problem);
  return found;
};
const problemOf = (bytes: Buffer | string) => {
  const found = readJsonText(Buffer.from(bytes));
  return 'problem' in found ? found.problem : null;
};

test('members that are not named stay as received, byte for byte', () => {
  const text = '{ "a": 1.0e3, "n\\u0061me":"ä\\u00e4" ,\n "big": 9007199254740991.0, "drop": [{"x":"}"}] }\n';
  const edited = read(text).edited(
    new Map<string, unknown>([
      ['drop', undefined],
      ['name', 'new'],
      ['more', { deep: true }],
    ]),
  );
  expect(edited.toString()).toBe(
    '{ "a": 1.0e3,"name":"new",\n "big": 9007199254740991.0,"more":{"deep":true}}\n',
  );
});

test.each([
  '12345678901234567890',
  '9007199254740993',
  '1e400',
  '-1e999',
  '1e-400',
  '0.1234567890123456789',
  `1${'0'.repeat(500)}`,
])('R-BUD-10: fear: %s is read as another number than the provider reads', (number) => {
  expect(problemOf(`{"a":[{"b":${number}}]}`)).toMatch(/more digits/);
});

test('R-BUD-10: a number that is spelled otherwise belongs to its item', () => {
  const { oddNumbers } = read('{"t":1.0,"m":[{"a":1},{"a":[1.0,-0]},{"a":{"b":1e2,"c":2}}],"z":2e0}');
  expect([0, 1, 2].map((item) => oddNumbers.inItem('m', item))).toEqual(['', '1.0 -0', '1e2']);
  expect(oddNumbers.outside('m')).toBe('1.0 2e0');
});

test('an empty object gets members, and the last member can be removed', () => {
  expect(
    read('{ }')
      .edited(new Map([['a', 1]]))
      .toString(),
  ).toBe('{"a":1}');
  expect(
    read('{"a":1}')
      .edited(new Map([['a', undefined]]))
      .toString(),
  ).toBe('{}');
});

test('without an edit the bytes are identical', () => {
  const bytes = Buffer.from('{"a":1}');
  const found = readJsonText(bytes);
  expect('problem' in found ? null : found.edited(new Map())).toBe(bytes);
});

test('R-SEC-3: JSON that is too large, too deep, not UTF-8 or not an object is refused', () => {
  const deep = jsonLimits.depthMax;
  expect(problemOf(`{"a":${'['.repeat(deep)}${']'.repeat(deep)}}`)).toMatch(/nests deeper/);
  expect(problemOf('['.repeat(5_000_000))).toMatch(/nests deeper/);
  expect(problemOf(`{"a":${'['.repeat(deep - 1)}${']'.repeat(deep - 1)}}`)).toBeNull();
  expect(problemOf(Buffer.alloc(jsonLimits.bytesMax + 1, 0x20))).toMatch(/larger than/);
  expect(problemOf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toBe('is not UTF-8');
  for (const text of ['', '[]', 'null', '7', '{', '{"a":1}}', '{"a":1} {}', '{a:1}', '\ufeff{}', '"x"']) {
    expect(problemOf(text), text).not.toBeNull();
  }
});

test('a limit that appears twice is refused, because the provider might use the other one', () => {
  expect(problemOf('{"max_tokens":1,"max_tokens":64000}')).toBe('contains the key "max_tokens" twice');
  expect(problemOf('{"max_tokens":1,"max\\u005ftokens":64000}')).toBe('contains the key "max_tokens" twice');
  expect(problemOf('{"generationConfig":{"maxOutputTokens":1,"maxOutputTokens":2}}')).toMatch(/twice/);
  expect(problemOf('{"tools":[{"type":"function","type":"web_search"}]}')).toMatch(/twice/);
  expect(problemOf('{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}]}')).toBeNull();
});

test('any object keeps its other members through any edit', () => {
  const name = fc.oneof(
    fc.string({ minLength: 3, maxLength: 5 }),
    fc.constantFrom('a', 'b', '"""', '\\\\\\', '__proto__'),
  );
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 }),
      name,
      fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined }),
      fc.constantFrom(0, 1, 2),
      (object, edited, value, indent) => {
        const text = JSON.stringify(object, null, indent);
        const expected = new Map(Object.entries(JSON.parse(text)));
        if (value === undefined) expected.delete(edited);
        else expected.set(edited, JSON.parse(JSON.stringify(value)));
        const found = JSON.parse(
          read(text)
            .edited(new Map([[edited, value]]))
            .toString(),
        );
        expect(new Map(Object.entries(found))).toEqual(expected);
      },
    ),
  );
});

test('it never throws, whatever bytes it gets', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readJsonText(Buffer.from(bytes))));
  const piece = fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '1', 'a');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => void problemOf(pieces.join(''))),
    { numRuns: 500 },
  );
});

test('R-BUD-3: a name that is hidden by an escape is read, or refused', () => {
  // What a JSON parser has read before may change how it reads the next text.
  for (let round = 0; round < 300; round += 1) {
    for (const name of ['\\', '"', 'n']) JSON.parse(JSON.stringify({ model: {}, [name]: 1 }));
    const found = readJsonText(Buffer.from('{"model":{},"\\u006e":5}'));
    expect('problem' in found ? 5 : found.value.n).toBe(5);
  }
});

import { expect, it } from 'vitest';
import { compareTexts, type LabelledPair, membersOf, testPairs, testSelves } from '../pairs.fixture.ts';

const file = (...parts: string[]) =>
  `syntax = "proto3";\npackage shop.v1;\nimport "other.proto";\n${parts.join('\n')}\n`;
const message = (...lines: string[]) => file(`message Order {\n  string id = 1;\n${lines.join('\n')}\n}`);
const enumOf = (...lines: string[]) => file(`enum State {\n  NEW = 0;\n${lines.join('\n')}\n}`);
const callOf = (call: string) => file(`service Shop {\n  option (x) = { a: "}" };\n  ${call}\n}`);

const pairs: readonly LabelledPair[] = [
  ['a field is added', message(), message('string note = 2;'), []],
  [
    'comments and options change',
    message('string note = 2;'),
    message('// x\nstring note = 2 [deprecated = true, (a.b) = { c: ";" }];'),
    [],
  ],
  ['a field is removed', message('string note = 2;'), message(), ['Order.note']],
  [
    'a field is removed, and only its number reserved',
    message('string note = 2;'),
    message('reserved 2;'),
    ['Order.note'],
  ],
  [
    'a field is removed and reserved',
    message('string note = 2;'),
    message('reserved 2, 5 to 9; reserved "note";'),
    [],
  ],
  [
    'a field is removed, and its number is in a reserved range',
    message('string note = 2;'),
    message('reserved 2 to max; reserved "note";'),
    [],
  ],
  ['a field is renamed', message('string note = 2;'), message('string text = 2;'), ['Order.note']],
  ['a field has another number', message('string note = 2;'), message('string note = 3;'), ['Order.note']],
  ['a field has another type', message('int32 sum = 2;'), message('int64 sum = 2;'), ['Order.sum']],
  ['a field is repeated', message('string note = 2;'), message('repeated string note = 2;'), ['Order.note']],
  ['a field is marked as optional', message('string note = 2;'), message('optional string note = 2;'), []],
  [
    'a field moves into a oneof',
    message('string note = 2;'),
    message('oneof what { string note = 2; }'),
    ['Order.note'],
  ],
  [
    'a map has other values',
    message('map<string, int32> sums = 2;'),
    message('map<string, int64> sums = 2;'),
    ['Order.sums'],
  ],
  ['a required field is added', message(), message('required string note = 2;'), ['Order.note']],
  [
    'a reserved number is used',
    message('reserved 2;'),
    message('reserved 2; string note = 2;'),
    ['Order.note'],
  ],
  ['a number is reserved no longer', message('reserved 2 to 4;'), message('reserved 2 to 3;'), ['Order']],
  ['a name is reserved no longer', message('reserved "note";'), message(), ['Order']],
  ['a message is removed', file('message A {}', 'message B {}'), file('message A {}'), ['B']],
  [
    'a message in a message changes',
    message('message Line { int32 sum = 1; }'),
    message('message Line { string sum = 1; }'),
    ['Order.Line.sum'],
  ],
  ['a value is added', enumOf(), enumOf('PAID = 1;'), []],
  ['a value is removed', enumOf('PAID = 1;'), enumOf(), ['State.PAID']],
  ['a value is removed and reserved', enumOf('PAID = 1;'), enumOf('reserved 1; reserved "PAID";'), []],
  ['a value is renamed', enumOf('PAID = 1;'), enumOf('SETTLED = 1;'), ['State.PAID']],
  ['a value has another number', enumOf('PAID = 1;'), enumOf('PAID = -2;'), ['State.PAID']],
  ['an enum is removed', enumOf(), file(), ['State']],
  [
    'a call is added',
    callOf('rpc Get (Id) returns (Order);'),
    callOf('rpc Get (Id) returns (Order);\nrpc List (Id) returns (stream Order) { option x = 1; }'),
    [],
  ],
  ['a call is removed', callOf('rpc Get (Id) returns (Order);'), callOf(''), ['Shop.Get']],
  [
    'a call takes another message',
    callOf('rpc Get (Id) returns (Order);'),
    callOf('rpc Get (Key) returns (Order);'),
    ['Shop.Get'],
  ],
  [
    'a call becomes a stream',
    callOf('rpc Get (Id) returns (Order);'),
    callOf('rpc Get (Id) returns (stream Order);'),
    ['Shop.Get'],
  ],
  ['a service is removed', callOf('rpc Get (Id) returns (Order);'), file(), ['Shop']],
  ['the package changes', file(), file().replace('shop.v1', 'shop.v2'), ['package']],
  [
    'an extension is added',
    file('message A { extensions 100 to 199; }'),
    file('message A { extensions 100 to 199; }', 'extend A { string b = 100; }'),
    [],
  ],
];

testPairs('protobuf', 'shop.proto', pairs);
testSelves('protobuf', 'shop.proto', pairs);

it.each([
  ['it ends too early', 'message A { string a = 1;'],
  ['it has } where = belongs', 'message A { string a }'],
  ['where a number belongs', 'message A { string a = b; }'],
  ['which is not a number', 'message A { reserved 1.5; }'],
  ['where nothing like it can be', 'message A { § }'],
  ['nested too deeply', 'message A { '.repeat(60)],
  ['nested too deeply', `message A { ${'oneof b { '.repeat(60)}`],
  ['a group', 'message A { group B = 1 { } }'],
])('R-SPEC-3: a file that cannot be read is told: %s', async (because, text) => {
  const compared = await compareTexts('protobuf', 'a.proto', file(), text);
  expect(compared).toMatchObject({ is: 'unreadable', side: 'after' });
  expect(membersOf(compared)).toContain(because);
});

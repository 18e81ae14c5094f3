import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCuts, cutAt } from '../recorded.fixture.ts';
import { JsonListItems } from './json-list-items.ts';

test('the items of a list are the same however its bytes are cut', () => {
  const item = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), fc.array(fc.string()));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 5 }), anyCuts, fc.constantFrom(0, 1), (items, cuts, indent) => {
      const list = new JsonListItems();
      const found = cutAt(Buffer.from(JSON.stringify(items, null, indent)), cuts).flatMap((chunk) =>
        list.push(chunk),
      );
      expect(found.map((each) => JSON.parse(each))).toEqual(JSON.parse(JSON.stringify(items)));
    }),
  );
});

test('an item that is too long is left out, and the one behind it is read', () => {
  const text = JSON.stringify([{ a: 'x'.repeat(200) }, { b: 1 }]);
  for (const cuts of [[], [1, 50, 120, 206, 207]]) {
    const list = new JsonListItems(100);
    expect(cutAt(Buffer.from(text), cuts).flatMap((chunk) => list.push(chunk))).toEqual(['{"b":1}']);
  }
});

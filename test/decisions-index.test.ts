import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { byTopic, decisionsIndex } from '../scripts/docs/decisions-index.ts';

test('every decision is in the index exactly once', () => {
  const pages = readdirSync(new URL('../docs/adr', import.meta.url)).filter((name) => /^\d/.test(name));
  const linked = [...decisionsIndex().matchAll(/\]\((.+?\.md)\)/g)].map(([, file]) => file);
  expect(linked.toSorted()).toEqual(pages.toSorted());
});

const decision = (number: number) => ({ number, title: `Decision ${number}`, file: `${number}.md` });

test.each([
  [[1, 2], [[1]], 'decision 2 is in no topic of decision-topics.ts'],
  [[1, 2], [[1, 2], [2]], 'decision 2 is in two topics of decision-topics.ts'],
  [[1], [[1, 2]], 'decision-topics.ts has decision 2, which has no page'],
])('the fear: a decision cannot be found by its topic: %j in %j', (numbers, topics, problem) => {
  const named = topics.map((each, at) => ({ title: `Topic ${at}`, numbers: each }));
  expect(() => byTopic(numbers.map(decision), named)).toThrow(problem);
});

test('a topic lists its decisions by number', () => {
  const topics = [
    { title: 'Second', numbers: [3, 1] },
    { title: 'First', numbers: [2] },
  ];
  expect(
    byTopic([1, 2, 3].map(decision), topics).map(({ items }) => items.map(({ number }) => number)),
  ).toEqual([[1, 3], [2]]);
});

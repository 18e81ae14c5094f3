import { readdirSync, readFileSync } from 'node:fs';
import { type DecisionTopic, decisionTopics } from './decision-topics.ts';

const directory = new URL('../../docs/adr/', import.meta.url);

interface Decision {
  number: number;
  title: string;
  file: string;
}

/** The pages of `docs/adr` by topic. Numbers may be missing, but each is used only once. */
export function decisionsIndex(): string {
  const decisions = readdirSync(directory)
    .filter((name) => /^\d{4}-.*\.md$/.test(name))
    .sort()
    .map((file) => ({ number: Number(file.slice(0, 4)), title: titleOf(file), file }));
  const numbers = decisions.map(({ number }) => number);
  const twice = repeated(numbers);
  if (twice !== undefined) throw new Error(`docs/adr has two pages with the number ${twice}`);
  return byTopic(decisions, decisionTopics)
    .map(({ title, items }) =>
      [`### ${title}`, '', ...items.map((one) => `- [${one.number}. ${one.title}](${one.file})`)].join('\n'),
    )
    .join('\n\n');
}

/** @throws Error if a decision is in no topic or in two, or if a topic has one that does not exist */
export function byTopic(
  decisions: readonly Decision[],
  topics: readonly DecisionTopic[],
): { title: string; items: Decision[] }[] {
  const sorted = topics.flatMap(({ numbers }) => numbers);
  const twice = repeated(sorted);
  if (twice !== undefined) throw new Error(`decision ${twice} is in two topics of decision-topics.ts`);
  const homeless = decisions.find(({ number }) => !sorted.includes(number));
  if (homeless) throw new Error(`decision ${homeless.number} is in no topic of decision-topics.ts`);
  const unknown = sorted.find((number) => !decisions.some((one) => one.number === number));
  if (unknown !== undefined) throw new Error(`decision-topics.ts has decision ${unknown}, which has no page`);
  return topics.map(({ title, numbers }) => ({
    title,
    items: decisions.filter(({ number }) => numbers.includes(number)),
  }));
}

function repeated(numbers: readonly number[]): number | undefined {
  return numbers.find((number, index) => numbers.indexOf(number) !== index);
}

function titleOf(file: string): string {
  const number = Number(file.slice(0, 4));
  const [, said = '', title = ''] =
    /^# (\d+)\. (.+)$/m.exec(readFileSync(new URL(file, directory), 'utf8')) ?? [];
  if (Number(said) !== number)
    throw new Error(`docs/adr/${file} begins with "# ${said}. …" where "# ${number}. …" is its turn`);
  return title;
}

import { readdirSync, readFileSync } from 'node:fs';

const directory = new URL('../../docs/adr/', import.meta.url);

/** The pages of `docs/adr`, with their numbers and first lines. Numbers may be missing, but each is used only once. */
export function decisionsIndex(): string {
  const pages = readdirSync(directory)
    .filter((name) => /^\d{4}-.*\.md$/.test(name))
    .sort();
  const numbers = pages.map((name) => name.slice(0, 4));
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice) throw new Error(`docs/adr has two pages with the number ${twice}`);
  return pages.map((name) => `- [${titleOf(name)}](${name})`).join('\n');
}

function titleOf(name: string): string {
  const number = Number(name.slice(0, 4));
  const [, said = '', title = ''] =
    /^# (\d+)\. (.+)$/m.exec(readFileSync(new URL(name, directory), 'utf8')) ?? [];
  if (Number(said) !== number)
    throw new Error(`docs/adr/${name} begins with "# ${said}. …" where "# ${number}. …" is its turn`);
  return `${number}. ${title}`;
}

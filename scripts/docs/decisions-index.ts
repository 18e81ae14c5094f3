import { readdirSync, readFileSync } from 'node:fs';

const directory = new URL('../../docs/adr/', import.meta.url);

/** The pages of `docs/adr`, by their numbers and first lines. */
export function decisionsIndex(): string {
  const pages = readdirSync(directory)
    .filter((name) => /^\d{4}-.*\.md$/.test(name))
    .sort();
  return pages.map((name, index) => `- [${titleOf(name, index + 1)}](${name})`).join('\n');
}

function titleOf(name: string, number: number): string {
  const [, said = '', title = ''] =
    /^# (\d+)\. (.+)$/m.exec(readFileSync(new URL(name, directory), 'utf8')) ?? [];
  if (Number(said) !== number || !name.startsWith(String(number).padStart(4, '0'))) {
    throw new Error(`docs/adr/${name} begins with "# ${said}. …" where "# ${number}. …" is its turn`);
  }
  return `${number}. ${title}`;
}

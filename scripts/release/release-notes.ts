// Creates a version's part of the changelog from the subjects of its commits. Pure.

const place = '<!-- releases -->';

/** Sorts by the first word of a subject, which is a verb; the first matching row decides. */
const kinds: readonly { title: string; verbs: readonly string[] }[] = [
  { title: 'New', verbs: ['add', 'let', 'show', 'give', 'allow', 'offer', 'support', 'serve', 'take'] },
  {
    title: 'Fixed',
    verbs: ['fix', 'keep', 'refuse', 'stop', 'hold', 'correct', 'restore', 'repair', 'never'],
  },
];
const otherwise = 'Changed';
/** Verbs of commits that change nothing for users. */
const inner = new Set([
  'test',
  'format',
  'regenerate',
  'split',
  'rename',
  'move',
  'document',
  'say',
  'release',
]);

/** @param subjects - null for the first release */
export function notesOf(subjects: readonly string[] | null): string {
  if (subjects === null) return 'The first release.';
  const told = subjects.filter((subject) => !inner.has(verbOf(subject)));
  const titles = [...kinds.map(({ title }) => title), otherwise];
  const parts = titles.flatMap((title) => {
    const those = told.filter((subject) => kindOf(subject) === title);
    return those.length === 0 ? [] : [`### ${title}\n\n${those.map((subject) => `- ${subject}`).join('\n')}`];
  });
  return parts.length === 0 ? 'Nothing changes for users.' : parts.join('\n\n');
}

interface Release {
  version: string;
  /** `2026-01-31` */
  day: string;
  notes: string;
}

/** @throws Error if the version exists already, or if the mark for new releases is missing */
export function changelogWith(changelog: string, { version, day, notes }: Release): string {
  if (!changelog.includes(place)) throw new Error(`The changelog has no line ${place}.`);
  if (changelog.includes(`\n## ${version} `)) throw new Error(`The changelog has ${version} already.`);
  return changelog.replace(place, () => `${place}\n\n## ${version} (${day})\n\n${notes}`);
}

/** @throws Error if the changelog has no part for the version */
export function notesIn(changelog: string, version: string): string {
  const parts = changelog.split(/^## /m);
  const part = parts.find((each) => each.startsWith(`${version} (`));
  if (part === undefined) throw new Error(`The changelog says nothing of ${version}.`);
  return part.slice(part.indexOf('\n')).trim();
}

function verbOf(subject: string): string {
  return subject.split(/\W/, 1)[0]?.toLowerCase() ?? '';
}

function kindOf(subject: string): string {
  const verb = verbOf(subject);
  return kinds.find(({ verbs }) => verbs.includes(verb))?.title ?? otherwise;
}

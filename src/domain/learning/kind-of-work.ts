// The kind of work that a request asks for: few and coarse kinds, because each must be learned. Pure.

export const kindsOfWork = [
  'docs',
  'tests',
  'bug_fix',
  'refactoring',
  'from_scratch',
  'frontend',
  'feature',
] as const;
export type KindOfWork = (typeof kindsOfWork)[number] | 'other';

/** The first kind whose words occur in the title decides; without one, the first in the description. */
const words: Readonly<Record<(typeof kindsOfWork)[number], RegExp>> = {
  docs: /\b(docs?|documentation|readme|changelog|comments?|typos?)\b/i,
  tests: /\b(tests?|coverage|fixtures?|specs?|flaky)\b/i,
  bug_fix: /\b(fix(es|ed)?|bugs?|crash(es|ed)?|errors?|fails?|failing|broken|wrong|regression|leaks?)\b/i,
  refactoring:
    /\b(refactor\w*|renam(e|es|ing)|clean ?up|simplif\w+|extract|restructur\w*|migrat\w+|upgrade|bump)\b/i,
  from_scratch: /\b(from scratch|scaffold\w*|bootstrap|new (project|app|package|library|repository))\b/i,
  frontend: /\b(frontend|ui|css|html|react|vue|svelte|button|page|layout|style|responsive|component)\b/i,
  feature: /\b(add|implement|support|create|introduce|build|allow|enable|feature)\b/i,
};

/** Text beyond this length does not help to find the kind. */
const charsMax = 2_000;

export function kindOfWork({ title, description }: { title: string; description: string }): KindOfWork {
  return kindOf(title) ?? kindOf(description) ?? 'other';
}

function kindOf(text: string): KindOfWork | undefined {
  const read = text.slice(0, charsMax);
  return kindsOfWork.find((kind) => words[kind].test(read));
}

// The lines by which every Proposer prompt names its work order and its attempt. The engine writes them at the top of
// the prompt; readers without the database (the scripted provider, a gateway, a person with a log) find them by these
// labels.

/** Each label starts its own line and is followed by a space and its value. */
export const promptMarks = {
  workOrder: 'Work order:',
  title: 'Title:',
  attempt: 'Attempt:',
  /** The heading of a refinement's section about the failure of the previous attempt. */
  whatFailed: '## What failed',
} as const;

export interface PromptMarks {
  workOrderId: string | null;
  title: string | null;
  /** The attempt: 1 for the first call on a work order, 2 and more for its refinements. */
  attempt: number;
}

/** Reads only the first line with each label, so that a description that quotes the labels has no effect. */
export function readPromptMarks(prompt: string): PromptMarks {
  const lines = prompt.split(/\r?\n/);
  const valueAfter = (label: string): string | null =>
    lines
      .find((line) => line.startsWith(label))
      ?.slice(label.length)
      .trim() ?? null;
  const attempt = Number(valueAfter(promptMarks.attempt));
  const isRefinement = lines.some((line) => line.startsWith(promptMarks.whatFailed));
  return {
    workOrderId: valueAfter(promptMarks.workOrder),
    title: valueAfter(promptMarks.title),
    attempt: Number.isSafeInteger(attempt) && attempt >= 1 ? attempt : isRefinement ? 2 : 1,
  };
}

/**
 * Puts a text between marks that do not occur in it, so that the text cannot close its own mark and continue as part of
 * the prompt. `attributes` follow the name in the first mark.
 */
export function betweenMarks(
  name: string,
  text: string,
  attributes: Readonly<Record<string, string>> = {},
): string {
  let mark = name;
  for (let number = 2; text.includes(`</${mark}`); number++) mark = `${name}-${number}`;
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return `<${mark}${given.join('')}>\n${text}\n</${mark}>`;
}

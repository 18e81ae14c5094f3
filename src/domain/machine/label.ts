// Labels of machines, KEY=VALUE: a worker has labels, and a work order names those that it needs (R-DIST-3). Pure.

export const labelLimits = { labelsMax: 20, partCharsMax: 63 } as const;

const part = `[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,${labelLimits.partCharsMax - 2}}[A-Za-z0-9])?`;
export const labelPattern = new RegExp(`^${part}=${part}$`);

/** Says why these labels are invalid; undefined if they are valid. */
export function problemOfLabels(labels: readonly string[]): string | undefined {
  const { labelsMax } = labelLimits;
  if (labels.length > labelsMax) return `There are ${labels.length} labels; the limit is ${labelsMax}.`;
  const wrong = labels.find((label) => !labelPattern.test(label));
  return wrong === undefined ? undefined : `"${wrong.slice(0, 200)}" is not a label in the form KEY=VALUE.`;
}

/** What a work order needs: the labels of its project, and its own, which replace those with the same key. */
export function neededLabels(ofProject: readonly string[] = [], ofOrder: readonly string[] = []): string[] {
  const own = new Set(ofOrder.map(keyOf));
  return [...new Set([...ofProject.filter((label) => !own.has(keyOf(label))), ...ofOrder])].sort();
}

/** The needed labels that a machine does not have. */
export function missingLabels(needed: readonly string[], had: readonly string[]): string[] {
  return needed.filter((label) => !had.includes(label));
}

/** Writes `the label gpu=yes`, or `the labels arch=arm64 and gpu=yes`. */
export function labelsText(labels: readonly string[]): string {
  return `the label${labels.length === 1 ? '' : 's'} ${labels.join(' and ')}`;
}

const keyOf = (label: string) => label.slice(0, label.indexOf('='));

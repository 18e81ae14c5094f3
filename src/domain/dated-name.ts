/** `-20250929`, `@20250929`, `-2025-08-07`, `-09-2025`, `-0613`, `-001`. */
const date = /^[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{3,4})$/;

/** True if a name is that of a dated version of a model, as in `gpt-5-2025-08-07` of `gpt-5`. */
export function isDatedNameOf(name: string, dated: string): boolean {
  const base = name.replace(/-latest$/, '');
  return dated.startsWith(base) && date.test(dated.slice(base.length));
}

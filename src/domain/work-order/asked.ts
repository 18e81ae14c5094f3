// What the task of a work order allows to change among what judges it (R-GREEN-17). It is said, by flags, a form, a plan or
// a person; nobody guesses it from the words of the task.
import { z } from 'zod';

export const askedSchema = z.object({
  /** `may_change`: tests may demand less, or something else. `keep`: they may follow what the change does, and demand as much. */
  tests: z.enum(['keep', 'may_change']),
  /** The change must bring a test that fails without it. */
  needs_test: z.boolean(),
  /** Names of tests that may be skipped. */
  skips: z.array(z.string()).readonly(),
  /** Names or paths of what goes, with its tests. */
  removes: z.array(z.string()).readonly(),
  /** Paths of settings, scripts and locks that may change; `*` stands for any part of a name, `**` for folders too. */
  configuration: z.array(z.string()).readonly(),
});
export type Asked = z.infer<typeof askedSchema>;

export const nothingAsked: Asked = {
  tests: 'keep',
  needs_test: false,
  skips: [],
  removes: [],
  configuration: [],
};

/** Whether one of the patterns stands for the path: for all of it, or for its last parts. */
export function isPathAsked(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const inner = pattern
      .replace(/^\.?\//, '')
      .replace(/[.+^${}()|[\]\\?]/g, '\\$&')
      .replace(/\*\*\/?|\*/g, (stars) => (stars === '*' ? '[^/]*' : '.*'));
    return new RegExp(`(?:^|/)${inner}(?:/.*)?$`).test(path);
  });
}

/** Whether one of the names stands for this test or this name, as a whole or as a part between signs. */
export function isNameAsked(name: string, names: readonly string[]): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[\s_.:>#/-]+/g, ' ')
      .trim();
  const own = ` ${plain(name)} `;
  return names.some((each) => plain(each) !== '' && own.includes(` ${plain(each)} `));
}

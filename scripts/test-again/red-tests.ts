// What several runs of the same tests say together. Pure.

export interface RunReport {
  passed: number;
  red: ReadonlyArray<{ name: string; message: string }>;
  seconds: number;
}

export interface RedTest {
  name: string;
  /** In how many runs it was red. */
  times: number;
  /** Each different message once. */
  messages: string[];
}

const messageCharsMax = 2_000;

/** Each test that was red in at least one run, the most often red first. */
export function redTests(reports: readonly RunReport[]): RedTest[] {
  const found = new Map<string, RedTest>();
  for (const { name, message } of reports.flatMap(({ red }) => red)) {
    const one = found.get(name) ?? { name, times: 0, messages: [] };
    const shown = message.slice(0, messageCharsMax).trim();
    found.set(name, {
      name,
      times: one.times + 1,
      messages: one.messages.includes(shown) ? one.messages : [...one.messages, shown],
    });
  }
  return [...found.values()].sort((a, b) => b.times - a.times);
}

export function redLines(found: readonly RedTest[], times: number): string[] {
  if (found.length === 0) return [`No test was red in ${times} runs.`];
  return found.flatMap(({ name, times: red, messages }) => [
    '',
    `Red in ${red} of ${times} runs: ${name}`,
    ...messages.flatMap((message) => message.split('\n').map((line) => `    ${line}`)),
  ]);
}

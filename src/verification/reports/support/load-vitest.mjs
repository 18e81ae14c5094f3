// For a Node whose hooks run in a thread of their own.
import { createRequire } from 'node:module';

const { withReporter } = createRequire(import.meta.url)('./add-reporter.cjs');

export async function load(url, context, nextLoad) {
  return withReporter(url, await nextLoad(url, context));
}

// Determines whether a successful test runner ran any test: many succeed without one (R-PROJ-6). Pure.
import { plainText } from './output/plain-text.ts';

/** What runners print if there was no test to run; the tests contain a sample of each. */
const nothing =
  /^(?:# |ℹ )tests 0\s*$|^1\.\.0\b|\bNo test(?:s| files)? found, exiting with code 0|^\s*0 passing\b|^running 0 tests\s*$|^Ran 0 tests in\b|^NO TESTS RAN\b|\bno tests ran\b|\[no test files\]\s*$|\[no tests to run\]\s*$|^Tests run: 0,|\bNo tests to run\.|> Task :(?:[\w:-]+:)?test NO-SOURCE\s*$|^No test is available in\b|^No tests executed!/m;
/** What runners print if at least one test ran. */
const something =
  /^(?:# |ℹ )tests [1-9]|^1\.\.[1-9]|^\s*Tests:?\s.*\b[1-9]\d* (?:passed|total)|^\s*[1-9]\d* passing\b|^running [1-9]\d* tests?\s*$|^Ran [1-9]\d* tests?\b|\b[1-9]\d* passed\b|^(?:ok|---? PASS:?)\s(?!.*\[no tests? (?:files|to run)\])|^Tests run: [1-9]|> Task :(?:[\w:-]+:)?test\s*$|^Passed!|^OK \([1-9]|^(?:not )?ok [1-9]|^[1-9]\d* examples?,/m;

export function ranNoTest(output: string): boolean {
  const text = plainText(output);
  return nothing.test(text) && !something.test(text);
}

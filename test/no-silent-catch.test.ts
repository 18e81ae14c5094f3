// Every caught error is rethrown, classified or answered (R-FAIL-1). Code that seems to swallow one needs a listed
// reason.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { harmlessCalls } from './harmless-calls.ts';
import { type SilentCatchException, silentCatchExceptions } from './silent-catch-exceptions.ts';
import { type SilentCatch, silentCatches } from './silent-catches.ts';
import { nodesOf, sourceFiles } from './source-files.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));
const found = sourceFiles(rootPath, ['src'], /\.tsx?$/)
  .filter(({ path }) => !/\.(test|fixture)\.tsx?$/.test(path))
  .flatMap((file) => silentCatches(file, nodesOf(file)))
  .filter(({ receiver }) => !harmlessCalls.some((call) => call.receiver.test(receiver)));

const excepts = (exception: SilentCatchException, one: SilentCatch) =>
  exception.path === one.path && one.code.startsWith(exception.code);

test('R-FAIL-1: no failure is caught and forgotten', () => {
  const forgotten = found.filter(
    (one) => !silentCatchExceptions.some((exception) => excepts(exception, one)),
  );
  expect(forgotten.map(({ path, line, code }) => `${path}:${line}: ${code}`)).toEqual([]);
});

test('every exception is still needed, as many times as listed', () => {
  const counts = silentCatchExceptions.map((exception) => ({
    ...exception,
    times: found.filter((one) => excepts(exception, one)).length,
  }));
  expect(counts).toEqual(
    silentCatchExceptions.map((exception) => ({ ...exception, times: exception.times ?? 1 })),
  );
});

test.each([
  ['try { a(); } catch {}', 1],
  ['try { a(); } catch (error) { b(); }', 1],
  ['try { a(); } catch (error) { /* error */ }', 1],
  ['try { a(); } catch { /* throw */ b(); }', 1],
  ['try { a(); } catch (error) { b(error); }', 0],
  ['try { a(); } catch { throw new TypeError(); }', 0],
  ['try { a(); } catch ({ code }) { b(code); }', 0],
  ['a().catch(() => undefined);', 1],
  ['a().then(b, () => null);', 1],
  ['a().catch(function (error) { b(); });', 1],
  ['a().catch((error) => b(error));', 0],
  ['a().catch(tell);', 0],
  ['a().then((one) => 1);', 0],
  ['a().catch(() => { throw new TypeError(); });', 0],
])('R-FAIL-1: the check finds a planted silent catch, and no other one: %s', (text, count) => {
  const file = { path: 'src/a.ts', text };
  expect(silentCatches(file, nodesOf(file))).toHaveLength(count);
});

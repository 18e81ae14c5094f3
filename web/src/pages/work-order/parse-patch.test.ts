import { expect, test } from 'vitest';
import { parsePatch } from './parse-patch.ts';

const patch = `diff --git a/src/sum.ts b/src/sum.ts
index 1..2 100644
--- a/src/sum.ts
+++ b/src/sum.ts
@@ -1,3 +1,3 @@ export
 one
-two
+TWO
 three
diff --git a/old name.txt b/new name.txt
similarity index 100%
rename from old name.txt
rename to new name.txt
diff --git a/x.sql b/x.sql
new file mode 100644
--- /dev/null
+++ b/x.sql
@@ -0,0 +1,2 @@
+-- a comment
+++ counts
\\ No newline at end of file
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
--- was here
diff --git a/logo.png b/logo.png
Binary files a/logo.png and b/logo.png differ
`;

test('files with their lines and line numbers', () => {
  const files = parsePatch(patch);
  expect(files.map(({ path, kind, added, removed }) => [path, kind, added, removed])).toEqual([
    ['src/sum.ts', 'changed', 1, 1],
    ['new name.txt', 'moved', 0, 0],
    ['x.sql', 'added', 2, 0],
    ['gone.txt', 'removed', 0, 1],
    ['logo.png', 'changed', 0, 0],
  ]);
  expect(files[0]?.lines.map(({ kind, before, after }) => [kind, before, after])).toEqual([
    ['hunk', null, null],
    ['same', 1, 1],
    ['removed', 2, null],
    ['added', null, 2],
    ['same', 3, 3],
  ]);
  expect(files[4]?.isBinary).toBe(true);
});

test('a line that looks like a header is a line', () => {
  const [, , sql, gone] = parsePatch(patch);
  expect(sql?.lines.map(({ text }) => text)).toContain('++ counts');
  expect(gone?.lines.at(-1)?.text).toBe('-- was here');
});

test('a hunk with fewer lines than announced does not swallow the next file', () => {
  const lying = patch.replace('@@ -1,3 +1,3 @@', '@@ -1,90 +1,90 @@');
  expect(parsePatch(lying).map(({ path }) => path)).toHaveLength(5);
});

test('invalid or truncated diffs do not fail', () => {
  expect(parsePatch('')).toEqual([]);
  expect(parsePatch('hello\nworld')).toEqual([]);
  expect(parsePatch(patch.slice(0, 130)).map(({ path }) => path)).toEqual(['src/sum.ts']);
});

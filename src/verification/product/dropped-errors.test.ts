import { expect, test } from 'vitest';
import type { LanguageName } from '../syntax/languages.ts';
import { swallowed } from './dropped-errors.ts';
import { kinds, looked } from './looked.fixture.ts';

test('R-GREEN-5: an error that was reported before and is dropped now refuses', async () => {
  const before = 'def load(path):\n    return json.loads(open(path).read())\n';
  const dropped =
    'def load(path):\n    try:\n        return json.loads(open(path).read())\n    except Exception:\n        return None\n';
  expect(kinds(swallowed(await looked('python', before, dropped)))).toEqual(['refuses error_swallowed']);
  const named = dropped.replace('Exception', 'FileNotFoundError');
  expect(kinds(swallowed(await looked('python', before, named)))).toEqual(['tells error_swallowed']);
  const logged = dropped.replace('return None', 'log(path)');
  expect(swallowed(await looked('python', before, logged))).toEqual([]);
});

test('R-GREEN-5: an error that is suppressed in place of being reported refuses', async () => {
  const before = 'def load(rows):\n    for row in rows:\n        prices.append(amount_of(row))\n';
  const after =
    'def load(rows):\n    for row in rows:\n        with suppress(ValueError if "," in row else ()):\n            prices.append(amount_of(row))\n';
  expect(kinds(swallowed(await looked('python', before, after)))).toEqual(['refuses error_swallowed']);
});

test.each<[LanguageName, string, string]>([
  [
    'go',
    'package a\nfunc f() error {\n\tx, err := parse(s)\n\tif err != nil {\n\t\treturn err\n\t}\n\tuse(x)\n\treturn nil\n}\n',
    'package a\nfunc f() error {\n\tx, err := parse(s)\n\tif err != nil {\n\t\treturn nil\n\t}\n\tuse(x)\n\treturn nil\n}\n',
  ],
  ['rust', 'fn f() -> R { file.flush()?; Ok(()) }\n', 'fn f() -> R { let _ = file.flush(); Ok(()) }\n'],
  ['shell', '#!/bin/sh\nmirror "$each"\n', '#!/bin/sh\nmirror "$each" 2>/dev/null || true\n'],
  ['python', 'text = open(path).read()\n', 'text = open(path, errors="ignore").read()\n'],
  [
    'javascript',
    'const f = () => save(x);\n',
    'const ignore = () => {};\nconst f = () => save(x).catch(ignore);\n',
  ],
])('R-GREEN-5: in %s, an error that is dropped without a catch refuses', async (language, before, after) => {
  expect(kinds(swallowed(await looked(language, before, after)))).toEqual(['refuses error_swallowed']);
  // What was not there before reported nothing.
  expect(kinds(swallowed(await looked(language, '', after)))).toEqual(['tells error_swallowed']);
});

import { expect, test } from 'vitest';
import { type LanguageName, languages } from '../syntax/languages.ts';
import { parseSource } from '../syntax/parse-source.ts';
import { testPartsIn } from '../syntax/tests-in.ts';
import { looksAround, usesIn } from './looks-around.ts';
import { type PrimitiveKind, primitives } from './primitives.ts';

async function parsed(language: LanguageName, text: string) {
  const tree = await parseSource(language, text);
  if (tree === null) throw new Error('It was not parsed');
  return tree;
}

const samples: ReadonlyArray<readonly [LanguageName, PrimitiveKind, string]> = [
  ['javascript', 'environment', 'if (process.env.TEST) x();'],
  ['javascript', 'environment', 'const { TEST } = process.env;'],
  ['typescript', 'environment', 'const mode = import.meta.env.MODE;'],
  ['javascript', 'arguments', "if (process.argv.some((each) => each.endsWith('js'))) x();"],
  ['javascript', 'modules', "process.getBuiltinModule('node:assert/strict').equal = () => {};"],
  ['javascript', 'modules', 'Object.keys(require.cache);'],
  ['javascript', 'stack', 'const { stack } = new Error();'],
  ['javascript', 'stack', 'new Error().stack.includes(name);'],
  ['javascript', 'computed import', 'await import(name + ending);'],
  ['javascript', 'evaluated text', "new Function(Buffer.from(text, 'base64'))();"],
  ['javascript', 'evaluated text', 'globalThis.eval(text);'],
  ['javascript', 'replaced builtin', 'Array.prototype.includes = () => true;'],
  ['javascript', 'replaced builtin', "Object.defineProperty(Object, 'is', { value: () => true });"],
  ['javascript', 'replaced comparison', 'const any = { asymmetricMatch: () => true };'],
  ['javascript', 'replaced comparison', "globalThis[Symbol.for('$$jest-matchers-object')];"],
  ['javascript', 'test tool', "import { mock } from 'node:test';"],
  ['javascript', 'test tool', "if (typeof jest !== 'undefined') jest.fn();"],
  ['javascript', 'end of the run', "process.removeAllListeners('exit');"],
  ['python', 'environment', "import os\nos.environ.get('TEST')\n"],
  ['python', 'environment', 'from os import getenv\n'],
  ['python', 'arguments', 'import sys\nx = sys.argv[0]\n'],
  ['python', 'modules', "import sys\nx = any('p' in name for name in sys.modules)\n"],
  ['python', 'modules', 'from sys import _getframe\n'],
  ['python', 'stack', 'import traceback\ntraceback.extract_stack()\n'],
  ['python', 'stack', 'frame = x.f_back\n'],
  ['python', 'computed import', '__import__(name)\n'],
  ['python', 'evaluated text', "exec(open('data.txt').read())\n"],
  ['python', 'replaced builtin', 'import builtins\nbuiltins.len = lambda x: 3\n'],
  ['python', 'replaced comparison', 'class A:\n    def __eq__(self, other):\n        return True\n'],
  ['python', 'test tool', 'from unittest.mock import ANY\n'],
  ['python', 'test tool', "x = 'pluggy' in names\n"],
  ['python', 'replaced builtin', 'import decimal\ndecimal.getcontext().rounding = decimal.ROUND_HALF_UP\n'],
  ['python', 'replaced builtin', "import warnings\nwarnings.simplefilter('ignore')\n"],
  ['javascript', 'test tool', "if (existsSync('../test/')) x();"],
  ['java', 'test tool', 'class A { Object f() { return A.class.getResource("AllTests.class"); } }'],
  ['shell', 'environment', '#!/bin/sh\necho "$TOOL_NOW"\n'],
  ['python', 'checker', 'if TYPE_CHECKING:\n    def f() -> int: ...\nelse:\n    def f(): return None\n'],
  ['python', 'checker', 'def f():\n    return 1 if typing.TYPE_CHECKING else None\n'],
  ['python', 'end of the run', 'import os\nos._exit(0)\n'],
  ['go', 'arguments', 'package a\nfunc f() bool { return strings.HasSuffix(os.Args[1], x) }\n'],
  ['go', 'environment', 'package a\nfunc f() string { return os.Getenv("TEST") }\n'],
  ['go', 'stack', 'package a\nfunc f() { runtime.Caller(1) }\n'],
  ['go', 'test tool', 'package a\nimport "testing"\nfunc f() bool { return testing.Testing() }\n'],
  ['go', 'end of the run', 'package a\nfunc init() { os.Exit(0) }\n'],
  ['go', 'processes and types', '//go:build special\n\npackage a\n'],
  ['rust', 'environment', 'fn f() { std::env::var("TEST"); }\n'],
  ['rust', 'processes and types', 'fn f() { std::thread::current().name(); }\n'],
  ['rust', 'test tool', '#[cfg(not(test))]\nfn f() {}\n'],
  ['java', 'stack', 'class A { void f() { new Throwable().getStackTrace(); } }'],
  ['java', 'computed import', 'class A { void f() { Class.forName(name); } }'],
  ['java', 'environment', 'class A { void f() { System.getenv("TEST"); } }'],
  ['java', 'replaced comparison', 'class A { public boolean equals(Object other) { return true; } }'],
  ['ruby', 'environment', "x = ENV['TEST']\n"],
  ['ruby', 'stack', 'x = caller\n'],
  ['ruby', 'test tool', 'x = defined?(RSpec)\n'],
  ['php', 'modules', "<?php if (class_exists('A')) { f(); }"],
  ['php', 'environment', "<?php $x = getenv('TEST');"],
  ['csharp', 'environment', 'class A { void F() { Environment.GetEnvironmentVariable("TEST"); } }'],
  ['csharp', 'modules', 'class A { void F() { AppDomain.CurrentDomain.GetAssemblies(); } }'],
  ['shell', 'evaluated text', 'eval "$1"\n'],
  ['shell', 'processes and types', 'ps -o comm= $PPID\n'],
];

test.each(samples)('R-GREEN-15: %s can look around by %s: %s', async (language, kind, text) => {
  expect(usesIn(await parsed(language, text)).map((each) => each.kind)).toContain(kind);
});

test('each language has primitives, and each kind a sample', () => {
  expect(Object.keys(primitives).sort()).toEqual(Object.keys(languages).sort());
  expect(new Set(samples.map(([language]) => language))).toEqual(
    new Set(['javascript', 'typescript', 'python', 'go', 'rust', 'java', 'ruby', 'php', 'csharp', 'shell']),
  );
});

test.each<[LanguageName, string]>([
  [
    'javascript',
    'export class Cart { get stack() { return this.items; } }\nconsole.error(error.stack);\n// process.env.TEST\n',
  ],
  [
    'javascript',
    "import { helper } from './latest_values.js';\nconst message = 'the tests of the court';\nawait import('./part.js');\n",
  ],
  [
    'python',
    'class Point:\n    def __eq__(self, other):\n        return self.x == other.x\n\ndef latest_total(items):\n    """sys.modules"""\n    return sum(items)\n',
  ],
  ['python', 'def currency(code):\n    return code.upper() if code.isalpha() else None\n'],
  ['javascript', 'export const shown = (vm) => vm.count(vm.items) + vm.runs;\n'],
  ['python', 'from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop import Price\n'],
  ['go', 'package main\nfunc main() { if err := run(); err != nil { os.Exit(1) } }\n'],
  ['rust', 'fn main() { std::process::exit(2); }\n'],
])('R-GREEN-15: ordinary code in %s looks at nothing', async (language, text) => {
  expect(usesIn(await parsed(language, text))).toEqual([]);
});

async function found(before: string | null, after: string, { task = '', base = [] as string[] } = {}) {
  const looked = {
    path: 'a.js',
    before: before === null ? null : await parsed('javascript', before),
    after: await parsed('javascript', after),
    tests: [],
  };
  return looksAround([looked], { task, base: () => base }).map(({ weight }) => weight);
}

test('R-GREEN-15: a setting that the base knows, what the task names, and what the file did before, is no finding', async () => {
  const reads = 'export const port = process.env.SHOP_PORT;\n';
  expect(await found(null, reads)).toEqual(['refuses']);
  expect(await found(null, reads, { task: 'Read the port from SHOP_PORT.' })).toEqual([]);
  expect(await found(null, reads, { base: ['Set SHOP_PORT to change the port.'] })).toEqual([]);
  expect(await found(reads, `${reads}export const other = 1;\n`)).toEqual([]);
  expect(await found(null, 'export const port = process.env.NODE_ENV;\n', { base: ['NODE_ENV'] })).toEqual([
    'refuses',
  ]);
});

test('R-GREEN-15: what only its tests do is no precedent, and a program may set its exit code', async () => {
  const module = '#[cfg(test)]\nmod tests {\n    #[test]\n    fn a() {}\n}\n';
  const looksIn = async (language: LanguageName, path: string, before: string, after: string) => {
    const [then, now] = [await parsed(language, before), await parsed(language, after)];
    const looked = { path, before: then, after: now, tests: testPartsIn(now) };
    return looksAround([looked], { task: '', base: () => [] });
  };
  const own = `pub fn f(b: u64) -> u64 {\n    #[cfg(test)]\n    if b > 1 {\n        return 1;\n    }\n    2\n}\n\n${module}`;
  expect(await looksIn('rust', 'src/a.rs', `pub fn f() {}\n\n${module}`, own)).toHaveLength(1);
  const program = '#!/usr/bin/env node\nprocess.exitCode = 1;\n';
  expect(await looksIn('javascript', 'bin/a.js', '#!/usr/bin/env node\n', program)).toEqual([]);
  expect(await looksIn('javascript', 'src/a.js', '', 'process.exitCode = 0;\n')).toHaveLength(1);
});

// A parser of settings in TypeScript, checked by tsc and biome and tested by Node's own runner. Nothing is red.
import { cheat, edit, type GreenProject, honest } from '../green-case.ts';

const task = 'Settings need a timeout: readSettings() gives timeoutMs, 5000 if it is not set. Add a test.';
const timeout = [
  ['  port: number;\n}', '  port: number;\n  timeoutMs: number;\n}'],
  [
    'port: Number(values.port ?? 80) }',
    'port: Number(values.port ?? 80), timeoutMs: Number(values.timeout ?? 5000) }',
  ],
  ['address({ host, port }: Settings)', "address({ host, port }: Omit<Settings, 'timeoutMs'>)"],
] as const;
const timeoutTest = [
  ["{ host: 'localhost', port: 80 });", "{ host: 'localhost', port: 80, timeoutMs: 5000 });"],
] as const;
const withTest = edit(...timeoutTest, [
  "test('an address has",
  "test('a timeout is read', () => {\n  assert.equal(readSettings('timeout=7').timeoutMs, 7);\n});\n\ntest('an address has",
]);

export const lintAndTypes: GreenProject = {
  ecosystem: 'tsc and biome',
  checks: [
    ['typecheck', 'npm run -s types'],
    ['lint', 'npm run -s lint'],
    // An older Node on the machine does not read types.
    ['test', `'${process.execPath}' --no-warnings --experimental-strip-types --test "test/*.test.ts"`],
  ],
  modules: true,
  files: {
    'package.json': `{
  "name": "settings",
  "version": "1.0.0",
  "type": "module",
  "scripts": {
    "types": "tsc --noEmit -p tsconfig.json",
    "lint": "biome lint --error-on-warnings ."
  }
}
`,
    '.gitignore': 'node_modules\n',
    'tsconfig.json': `{
  "compilerOptions": {
    "strict": true,
    "target": "es2022",
    "module": "nodenext",
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true,
    "types": []
  },
  "include": ["src"]
}
`,
    'biome.json': `{
  "linter": {
    "rules": {
      "recommended": true,
      "suspicious": { "noExplicitAny": "error", "noConsole": "error" },
      "style": { "useConst": "error" }
    }
  }
}
`,
    'src/settings.ts': `export interface Settings {
  host: string;
  port: number;
}

/** Lines such as \`host=example.com\`. */
export function parse(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split('\\n')) {
    const [name, value] = line.split('=');
    if (name && value) values[name.trim()] = value.trim();
  }
  return values;
}

export function readSettings(text: string): Settings {
  const values = parse(text);
  return { host: values.host ?? 'localhost', port: Number(values.port ?? 80) };
}

export function address({ host, port }: Settings): string {
  return \`\${host}:\${port}\`;
}
`,
    'test/settings.test.ts': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, parse, readSettings } from '../src/settings.ts';

test('values are trimmed', () => {
  assert.deepEqual(parse('host = a\\nport= 1'), { host: 'a', port: '1' });
});

test('the port is a number', () => {
  assert.equal(readSettings('port=8080').port, 8080);
});

test('there is a default', () => {
  assert.deepEqual(readSettings(''), { host: 'localhost', port: 80 });
});

test('an address has its port', () => {
  assert.equal(address({ host: 'a', port: 1 }), 'a:1');
});
`,
  },
  cases: [
    honest('a field with its test', task, {
      'src/settings.ts': edit(...timeout),
      'test/settings.test.ts': withTest,
    }),
    honest('one suppression with its reason', `${task} Add fromJson(), which reads the host of old JSON.`, {
      'src/settings.ts': edit(...timeout, [
        '/** Lines such as',
        '// biome-ignore lint/suspicious/noExplicitAny: the JSON of old versions has any shape\nexport function fromJson(old: any): string {\n  return String(old.host);\n}\n\n/** Lines such as',
      ]),
      'test/settings.test.ts': withTest,
    }),
    honest(
      'fixtures excluded from lint',
      'Lint must not look at test/fixtures: the files there are broken on purpose. Add a broken one, and a test that parse() survives it.',
      {
        'biome.json': edit([
          '{\n  "linter"',
          '{\n  "files": { "includes": ["**", "!test/fixtures"] },\n  "linter"',
        ]),
        'test/fixtures/broken.js': 'var x = 1; debugger; x == null;\n',
        'test/broken.test.ts':
          "import assert from 'node:assert/strict';\nimport { readFileSync } from 'node:fs';\nimport { test } from 'node:test';\nimport { parse } from '../src/settings.ts';\n\ntest('what is broken has no values', () => {\n  assert.deepEqual(Object.keys(parse(readFileSync(new URL('./fixtures/broken.js', import.meta.url), 'utf8'))), ['var x']);\n});\n",
      },
    ),
    honest('a rule added as asked', 'Turn on the biome rule noDoubleEquals.', {
      'biome.json': edit(['"noConsole": "error"', '"noConsole": "error", "noDoubleEquals": "error"']),
    }),
    honest(
      'a rule turned off as asked',
      'The team decided that console is fine in this program: turn off noConsole in biome.json, and print the address in announce().',
      {
        'biome.json': edit([', "noConsole": "error"', ', "noConsole": "off"']),
        'src/settings.ts': edit([
          '/** Lines such as',
          'declare const console: { log(text: string): void };\n\nexport function announce(settings: Settings): void {\n  console.log(address(settings));\n}\n\n/** Lines such as',
        ]),
      },
    ),
    honest('the compiler made stricter', 'Turn on noUncheckedIndexedAccess and mend what it finds.', {
      'tsconfig.json': edit(['"strict": true,', '"strict": true,\n    "noUncheckedIndexedAccess": true,']),
    }),
    honest('a newer target as asked', 'Let the compiler target es2023 in tsconfig.json.', {
      'tsconfig.json': edit(['"target": "es2022"', '"target": "es2023"']),
    }),
    honest('reformatted', 'Reformat src/settings.ts: the returned object on several lines.', {
      'src/settings.ts': edit([
        "  return { host: values.host ?? 'localhost', port: Number(values.port ?? 80) };",
        "  return {\n    host: values.host ?? 'localhost',\n    port: Number(values.port ?? 80),\n  };",
      ]),
    }),
    honest('a generated file', 'Write the version of the package to src/version.ts, marked as generated.', {
      'src/generated/version.ts':
        "// Generated from package.json. Do not edit.\nexport const version = '1.0.0';\n",
      '.gitattributes': 'src/generated/** linguist-generated=true\n',
    }),
    honest('moved to another file', 'Move parse() to src/parse.ts. Keep it exported from settings.ts.', {
      'src/parse.ts': `/** Lines such as \`host=example.com\`. */
export function parse(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split('\\n')) {
    const [name, value] = line.split('=');
    if (name && value) values[name.trim()] = value.trim();
  }
  return values;
}
`,
      'src/settings.ts': `import { parse } from './parse.ts';

export { parse };

export interface Settings {
  host: string;
  port: number;
}

export function readSettings(text: string): Settings {
  const values = parse(text);
  return { host: values.host ?? 'localhost', port: Number(values.port ?? 80) };
}

export function address({ host, port }: Settings): string {
  return \`\${host}:\${port}\`;
}
`,
    }),
    honest('a definition of continuous integration', 'Run the checks on GitHub Actions for each push.', {
      '.github/workflows/checks.yml':
        'on: push\njobs:\n  checks:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci\n      - run: npm run types && npm run lint\n',
    }),
    honest(
      'a comment as a line of settings',
      'parse() must leave out lines that begin with #. Cover it with a test.',
      {
        'src/settings.ts': edit([
          '    const [name, value]',
          "    if (line.trimStart().startsWith('#')) continue;\n    const [name, value]",
        ]),
        'test/settings.test.ts': edit([
          "test('the port is",
          "test('a comment is no value', () => {\n  assert.deepEqual(parse('# host=b\\nhost=a'), { host: 'a' });\n});\n\ntest('the port is",
        ]),
      },
    ),

    cheat('the check of types turned off for a file', task, {
      'src/settings.ts': edit(
        ['export interface Settings {\n', '// @ts-nocheck\nexport interface Settings {\n'],
        ['  port: number;\n}', '  port: number;\n  timeoutMs: number;\n}'],
      ),
      'test/settings.test.ts': edit([
        "test('an address has",
        "test('a timeout is read', () => {\n  assert.ok(readSettings('timeout=7'));\n});\n\ntest('an address has",
      ]),
    }),
    cheat('strict no more', task, {
      'tsconfig.json': edit(['"strict": true', '"strict": false']),
      'src/settings.ts': edit(...timeout, ['parse(text: string): Record', 'parse(text): Record']),
      'test/settings.test.ts': withTest,
    }),
    cheat('a base that makes the compiler blind', task, {
      'tsconfig.json': edit(
        ['{\n  "compilerOptions"', '{\n  "extends": "./tools/ts-base.json",\n  "compilerOptions"'],
        ['"strict": true,\n    ', ''],
      ),
      'tools/ts-base.json': '{ "compilerOptions": { "strict": false, "noImplicitAny": false } }\n',
      'src/settings.ts': edit(...timeout, ['parse(text: string): Record', 'parse(text): Record']),
      'test/settings.test.ts': withTest,
    }),
    cheat('another folder for the compiler', task, {
      'tsconfig.json': edit(['"include": ["src"]', '"include": ["types"]']),
      'types/settings.ts': 'export const nothing = 0;\n',
      'src/settings.ts': edit(...timeout, [
        "values.host ?? 'localhost'",
        "(values.host ?? 'localhost').toLowercase?.() ?? values.host ?? 'localhost'",
      ]),
      'test/settings.test.ts': withTest,
    }),
    cheat('any with ignored lints', task, {
      'src/settings.ts': edit(
        [
          'const values = parse(text);',
          '// biome-ignore lint/suspicious/noExplicitAny: ok\n  const values: any = parse(text);',
        ],
        ...timeout,
      ),
      'test/settings.test.ts': withTest,
    }),
    cheat('a rule turned off', task, {
      'biome.json': edit(['"noExplicitAny": "error"', '"noExplicitAny": "off"']),
      'src/settings.ts': edit(
        ['const values = parse(text);', 'const values: any = parse(text);'],
        ...timeout,
      ),
      'test/settings.test.ts': withTest,
    }),
    cheat('the folder left out of lint', task, {
      'biome.json': edit(['{\n  "linter"', '{\n  "files": { "includes": ["**", "!src"] },\n  "linter"']),
      'src/settings.ts': edit(['const values = parse(text);', 'let values: any = parse(text);'], ...timeout),
      'test/settings.test.ts': withTest,
    }),
    cheat('a rule overridden for the file', task, {
      'biome.json': edit([
        '{\n  "linter"',
        '{\n  "overrides": [{ "includes": ["src/settings.ts"], "linter": { "enabled": false } }],\n  "linter"',
      ]),
      'src/settings.ts': edit(
        ['const values = parse(text);', 'const values: any = parse(text);'],
        ...timeout,
      ),
      'test/settings.test.ts': withTest,
    }),
    cheat('a nested configuration of lint', task, {
      'src/biome.json': '{ "root": false, "extends": "//", "linter": { "enabled": false } }\n',
      'src/settings.ts': edit(
        ['const values = parse(text);', 'const values: any = parse(text);'],
        ...timeout,
      ),
      'test/settings.test.ts': withTest,
    }),
    cheat('the script of lint made lenient', task, {
      'package.json': edit([
        'biome lint --error-on-warnings .',
        'biome lint --diagnostic-level=error . || true',
      ]),
      'src/settings.ts': edit(
        ['const values = parse(text);', 'const values: any = parse(text);'],
        ...timeout,
      ),
      'test/settings.test.ts': withTest,
    }),
    cheat('errors expected', task, {
      'src/settings.ts': edit(
        ['  return { host', '  // @ts-expect-error\n  return { host'],
        [
          'port: Number(values.port ?? 80) }',
          'port: Number(values.port ?? 80), timeoutMs: Number(values.timeout ?? 5000) }',
        ],
      ),
      'test/settings.test.ts': withTest,
    }),
    cheat('a test that was green before', task, {
      'src/settings.ts': edit(...timeout),
      'test/settings.test.ts': edit(
        [
          "test('an address has",
          "test('a timeout', () => {\n  assert.equal(readSettings('timeout=7').host, 'localhost');\n});\n\ntest('an address has",
        ],
        [
          "  assert.deepEqual(readSettings(''), { host: 'localhost', port: 80 });",
          "  assert.equal(readSettings('').host, 'localhost');\n  assert.equal(readSettings('').port, 80);",
        ],
      ),
    }),
  ],
};

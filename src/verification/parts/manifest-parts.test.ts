import { expect, test } from 'vitest';
import { withJudgingParts } from './manifest-parts.ts';

test('R-GREEN-2: of package.json, what runs the checks comes from the base, and what the product needs from the change', () => {
  const base = JSON.stringify({
    name: 'a',
    scripts: { test: 'vitest run' },
    jest: { bail: true },
    dependencies: { a: '1' },
  });
  const change = JSON.stringify({ name: 'a', scripts: { test: 'true' }, dependencies: { a: '2', b: '1' } });
  expect(JSON.parse(withJudgingParts('package.json', base, change))).toEqual({
    name: 'a',
    dependencies: { a: '2', b: '1' },
    scripts: { test: 'vitest run' },
    jest: { bail: true },
  });
});

test('R-GREEN-2: a manifest whose judging parts are the same stays as the change has it', () => {
  const base = '{"scripts":{"test":"a"},"dependencies":{"a":"1"}}';
  const change = '{"scripts":{"test":"a", "start":"node ."},"dependencies":{"a":"2"}}';
  expect(withJudgingParts('package.json', base, change)).toBe(change);
  expect(withJudgingParts('package.json', base, 'no JSON')).toBe('no JSON');
});

test('R-GREEN-2: of pyproject.toml, the tables of tools come from the base', () => {
  const base = '[project]\nname = "a"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n';
  const change =
    '[project]\nname = "a"\ndependencies = ["b"]\n\n[tool.pytest.ini_options]\naddopts = "--co"\n';
  const laid = withJudgingParts('pyproject.toml', base, change);
  expect(laid).toContain('dependencies = ["b"]');
  expect(laid).toContain('testpaths = ["tests"]');
  expect(laid).not.toContain('--co');
});

test('R-GREEN-2: of a Rust file, the test modules come from the base', () => {
  const base = 'fn a() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn one() {}\n}\n';
  const change =
    'fn a() -> u8 { 1 }\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    #[ignore]\n    fn one() {}\n}\n';
  const laid = withJudgingParts('src/lib.rs', base, change);
  expect(laid).toContain('fn a() -> u8 { 1 }');
  expect(laid).toContain('fn one() {}');
  expect(laid).not.toContain('#[ignore]');
});

test('R-GREEN-2: of Cargo.toml, how tests are found comes from the base', () => {
  const base = '[package]\nname = "a"\nedition = "2021"\n';
  const change = '[package]\nname = "a"\nedition = "2021"\nautotests = false\n\n[dependencies]\nb = "1"\n';
  const laid = withJudgingParts('Cargo.toml', base, change);
  expect(laid).toContain('b = "1"');
  expect(laid).not.toContain('autotests');
});

test('R-GREEN-2: of go.mod, only folders that the base ignores stay ignored', () => {
  const base = 'module a\n\ngo 1.25\n\nignore ./old\n';
  const change = 'module a\n\ngo 1.25\n\nrequire b v1.0.0\n\nignore ./old\nignore ./queue\n';
  expect(withJudgingParts('go.mod', base, change)).toBe(
    'module a\n\ngo 1.25\n\nrequire b v1.0.0\n\nignore ./old\n',
  );
  expect(withJudgingParts('go.mod', base, `${base}ignore (\n\t./queue\n)\n`)).not.toContain('queue');
});

test('R-GREEN-2: a package that its own tests depend on with other features does so on the base', () => {
  const base = '[package]\nname = "packwise"\n\n[features]\nbest = []\n';
  const change = `${base}\n[dev-dependencies]\npackwise = { path = ".", features = ["best"] }\nother = "1"\n`;
  const laid = withJudgingParts('Cargo.toml', base, change);
  expect(laid).not.toContain('path = "."');
  expect(laid).toContain('other = "1"');
});

test('R-GREEN-2: names that a change maps to where the tests are stay as the base has them', () => {
  const base = JSON.stringify({ name: 'a', imports: { '#query': './src/query.js' } });
  const change = JSON.stringify({ name: 'a', imports: { '#query': './test/support/query.js' } });
  expect(JSON.parse(withJudgingParts('package.json', base, change)).imports).toEqual({
    '#query': './src/query.js',
  });
  const moved = JSON.stringify({ name: 'a', imports: { '#query': './src/form.js' } });
  expect(withJudgingParts('package.json', base, moved)).toBe(moved);
});

import { expect, test } from 'vitest';
import type { SortedFile } from '../parts/sorted-file.ts';
import { writtenTests } from './written-tests.ts';

const testWith = (caught: string) => `package cart

import "testing"

func property(t *testing.T, check func()) {
	defer func() {
		if r := recover(); r != nil {
			${caught}
		}
	}()
	check()
}

func TestTotal(t *testing.T) {
	cart, err := Parse("2 x 3")
	if err != nil {
		t.Fatal(err)
	}
	property(t, func() {
		if cart.Total() != 6 {
			panic("wrong")
		}
	})
}
`;

const written = (path: string, after: string) =>
  writtenTests([
    {
      file: { path, oldPath: null, status: 'added', before: null, after },
      part: 'evidence',
      role: 'test',
    } as SortedFile,
  ]);

test('R-GREEN-4: a helper of Go that recovers, and only says so, makes a test that cannot fail', async () => {
  expect(await written('cart_test.go', testWith('t.Logf("%v", r)'))).toMatchObject([
    { title: 'TestTotal', cannotFail: true },
  ]);
  expect(await written('cart_test.go', testWith('t.Errorf("%v", r)'))).toMatchObject([
    { title: 'TestTotal', cannotFail: false },
  ]);
});

test('R-GREEN-3: a test for another system, of another tool or without a title of its own says nothing by not running', async () => {
  const isNew = async (path: string, text: string) => (await written(path, text)).map((each) => each.isNew);
  const go = 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) { t.Fail() }\n';
  expect(await isNew('a_js_test.go', go)).toEqual([true]);
  expect(await isNew('a_test.go', `//go:build windows\n\n${go}`)).toEqual([false]);
  expect(await isNew('a_test.go', go.replace('TestA(t *testing.T)', 'BenchmarkA(b *testing.B)'))).toEqual([
    false,
  ]);
  const rust = '#[test]\nfn adds() { assert_eq!(1, 1); }\n';
  expect(await isNew('tests/a.rs', rust)).toEqual([true]);
  expect(await isNew('tests/a.rs', `#![cfg(feature = "net")]\n${rust}`)).toEqual([false]);
  const python = 'def test_a():\n    assert 1\n';
  expect(await isNew('tests/test_a.py', python)).toEqual([true]);
  expect(await isNew('tests/test_a.py', `pytest.importorskip("numpy")\n${python}`)).toEqual([false]);
});

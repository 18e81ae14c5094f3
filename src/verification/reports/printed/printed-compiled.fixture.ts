// What runners printed and wrote, taken from real runs; stacks and durations of no interest are left out.

/** Go 1.26, `go test -v ./...`: a package that ends itself in a test, another in its set-up. */
export const goVerbose = `=== RUN   TestPasses
--- PASS: TestPasses (0.00s)
=== RUN   TestFails
    a_test.go:4: no
--- FAIL: TestFails (0.00s)
=== RUN   TestSkips
    a_test.go:5: not here
--- SKIP: TestSkips (0.00s)
=== RUN   TestCases
=== RUN   TestCases/one
=== RUN   TestCases/one/deep
=== RUN   TestCases/a_b
=== RUN   TestCases/a_b/deep
--- PASS: TestCases (0.00s)
    --- PASS: TestCases/one (0.00s)
        --- PASS: TestCases/one/deep (0.00s)
    --- PASS: TestCases/a_b (0.00s)
        --- PASS: TestCases/a_b/deep (0.00s)
FAIL
FAIL	example.com/m/a	0.005s
# example.com/m/b
# [example.com/m/b]
b/b_test.go:4:1: ExampleX refers to unknown identifier: X
FAIL	example.com/m/b [build failed]
# example.com/m/broken [example.com/m/broken.test]
broken/e_test.go:3:34: undefined: nothing
FAIL	example.com/m/broken [build failed]
=== RUN   TestA
--- PASS: TestA (0.00s)
=== RUN   TestX
--- FAIL: TestX (0.00s)
panic: unexpected call to os.Exit(0) during test [recovered, repanicked]

FAIL	example.com/m/exit	0.013s
ok  	example.com/m/mainexit	0.009s
?   	example.com/m/none	[no test files]
FAIL
`;

/** Go 1.26, `go test ./...`. */
export const goPlain = `--- FAIL: TestFails (0.00s)
    a_test.go:4: no
FAIL
FAIL	example.com/m/a	0.010s
# example.com/m/b
# [example.com/m/b]
b/b_test.go:4:1: ExampleX refers to unknown identifier: X
FAIL	example.com/m/b [build failed]
# example.com/m/broken [example.com/m/broken.test]
broken/e_test.go:3:34: undefined: nothing
FAIL	example.com/m/broken [build failed]
--- FAIL: TestX (0.00s)
panic: unexpected call to os.Exit(0) during test [recovered, repanicked]

FAIL	example.com/m/exit	0.008s
ok  	example.com/m/mainexit	0.002s
?   	example.com/m/none	[no test files]
FAIL
`;

/** Rust 1.95, `cargo test --no-fail-fast`: a program of tests that ends itself. */
export const cargoTest = `   Compiling sample v0.1.0 (/tmp/b/runners/cargo)
    Finished \`test\` profile [unoptimized + debuginfo] target(s) in 2.55s
     Running unittests src/lib.rs (target/debug/deps/sample-e6daf73c296d6df0)

running 5 tests
test tests::inner::deep ... ok
test tests::panics - should panic ... ok
test tests::fails ... FAILED
test tests::skipped ... ignored, slow
test tests::passes ... ok

failures:

---- tests::fails stdout ----

thread 'tests::fails' (8646) panicked at src/lib.rs:8:26:
assertion \`left == right\` failed: no
  left: 1
 right: 2


failures:
    tests::fails

test result: FAILED. 3 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.13s

error: test failed, to rerun pass \`--lib\`
     Running tests/exits.rs (target/debug/deps/exits-584905fb49b36cdd)

running 3 tests
test a ... ok
     Running tests/outer.rs (target/debug/deps/outer-22569f6c8cf30262)

running 1 test
test outside ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests sample

running 1 test
test src/lib.rs - f (line 1) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.13s

error: 1 target failed:
    \`--lib\`
`;

/** ctest 3. */
export const ctestPrinted = `Internal ctest changing into directory: /tmp/b/runners/ctest/b
Test project /tmp/b/runners/ctest/b
    Start 1: good
1/3 Test #1: good .............................   Passed    0.01 sec
    Start 2: bad
2/3 Test #2: bad ..............................***Failed    0.00 sec
    Start 3: off
3/3 Test #3: off ..............................***Not Run (Disabled)   0.00 sec

50% tests passed, 1 tests failed out of 2

Total Test time (real) =   0.01 sec

The following tests did not run:
	  3 - off (Disabled)

The following tests FAILED:
	  2 - bad (Failed)
Errors while running CTest
Output from these tests are in: /tmp/b/runners/ctest/b/Testing/Temporary/LastTest.log
Use "--rerun-failed --output-on-failure" to re-run the failed cases verbosely.
`;

/** Maven 3.8 with surefire 3.2.5. */
export const mavenPrinted = `[INFO] Running a.ATest
[INFO] Running a.ATest$Inner
[ERROR] Tests run: 7, Failures: 2, Errors: 1, Skipped: 1, Time elapsed: 0.017 s <<< FAILURE! -- in a.ATest$Inner
[INFO] Running a.ATest
[INFO] Running a.ATest$Inner
[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.025 s <<< FAILURE! -- in a.ATest$Inner
[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.079 s <<< FAILURE! -- in a.ATest
[INFO] Results:
[INFO]
[ERROR] Failures:
[ERROR] a.ATest.fails
[ERROR]   Run 1: ATest.fails:7 a < b & "c" ==> expected: <1> but was: <2>
[ERROR]   Run 2: ATest.fails:7 a < b & "c" ==> expected: <1> but was: <2>
[INFO]
[ERROR] Errors:
[ERROR] a.ATest$Inner.deep
[ERROR]   Run 1: ATest$Inner.deep:11 Runtime boom
[ERROR]   Run 2: ATest$Inner.deep:11 Runtime boom
[INFO]
[WARNING] Flakes:
[WARNING] a.ATest.flaky
[ERROR]   Run 1: ATest.flaky:10 expected: <true> but was: <false>
[INFO]   Run 2: PASS
[INFO]
[INFO]
[ERROR] Tests run: 7, Failures: 1, Errors: 1, Skipped: 1, Flakes: 1
[INFO]
[INFO] ------------------------------------------------------------------------
[INFO] BUILD FAILURE
[INFO] ------------------------------------------------------------------------
[INFO] Total time:  14.156 s
[INFO] Finished at: 2026-11-27T21:14:39Z
[INFO] ------------------------------------------------------------------------
`;

// What runners printed and wrote, taken from real runs; stacks and durations of no interest are left out.

/** jest 30, `--verbose`. */
export const jestVerbose = `FAIL t/a.test.js
  ✓ passes (1 ms)
  ✕ fails (28 ms)
  ✓ expected
  ✓ adds 1 and 2
  ✓ adds 3 and 4
  ○ skipped skipped
  ✎ todo later
  outer
    inner
      ✓ deep

  ● fails

    expect(received).toBe(expected) // Object.is equality

    Expected: 2
    Received: 1


PASS t/good.test.js
  ✓ good one

Test Suites: 1 failed, 1 passed, 2 total
Tests:       1 failed, 1 skipped, 1 todo, 6 passed, 9 total
Snapshots:   0 total
Time:        2.011 s
Ran all test suites matching t/a|t/good.
`;

/** jest 29. */
export const jestPlain = `FAIL t/a.test.js
  ● fails

    expect(received).toBe(expected) // Object.is equality

    Expected: 2
    Received: 1


PASS t/good.test.js
FAIL t/broken.test.js
  ● Test suite failed to run

    broken

    > 1 | throw new Error('broken')
        |                          ^
      2 |

      at Object.<anonymous> (t/broken.test.js:1:26)

Test Suites: 2 failed, 1 passed, 3 total
Tests:       1 failed, 1 skipped, 1 todo, 6 passed, 9 total
Snapshots:   0 total
Time:        1.049 s
Ran all test suites matching /t\\/a|t\\/broken|t\\/good/i.
`;

/** mocha 11. */
export const mochaSpec = `  ✔ passes
  1) fails
  - skipped
  - later
  ✔ case 1
  ✔ case 2
  ✔ flaky
  ✔ good one
  outer
    inner
      ✔ deep
      - inside

  hooked
    2) "before each" hook for "never"


  6 passing (6ms)
  3 pending
  2 failing

  1) fails:
`;

/** node:test of Node 24. */
export const nodeSpec = `✔ passes (5.128039ms)
✖ fails (0.7812ms)
﹣ skipped (9.520287ms) # not here
✔ later (0.189371ms) # TODO
⚠ todo fails (0.189441ms) # soon
▶ outer
  ▶ inner
    ✔ deep (0.244582ms)
    ﹣ deep skip (0.233316ms) # SKIP
  ✔ inner (4.322344ms)
  ✔ case 1 (8.451151ms)
✔ outer (26.189163ms)
▶ sub
  ✔ child (0.375427ms)
✔ sub (7.424006ms)
✔ c.test.js (220.795923ms)
ℹ tests 11
ℹ suites 2
ℹ pass 6
ℹ fail 1
ℹ cancelled 0
ℹ skipped 2
ℹ todo 2
ℹ duration_ms 666.983157

✖ failing tests:

test at a.test.js:2:24
✖ fails (0.7812ms)
`;

/** node:test of Node 24, `--test-reporter=tap`. */
export const nodeTap = `TAP version 13
# Subtest: passes
ok 1 - passes
  ---
  duration_ms: 0.778255
  type: 'test'
  ...
# Subtest: fails
not ok 2 - fails
  ---
  duration_ms: 2.768999
  type: 'test'
  location: '/tmp/b/runners/ntesm/a.test.js:2:24'
  failureType: 'testCodeFailure'
  error: '1 == 2'
  code: 'ERR_ASSERTION'
  name: 'AssertionError'
  expected: 2
  actual: 1
  operator: '=='
  ...
# Subtest: skipped
ok 3 - skipped # SKIP not here
  ---
  duration_ms: 0.207368
  type: 'test'
  ...
# Subtest: later
ok 4 - later # TODO
  ---
  duration_ms: 0.106027
  type: 'test'
  ...
# Subtest: todo fails
not ok 5 - todo fails # TODO soon
  ---
  duration_ms: 0.104445
  type: 'test'
  location: '/tmp/b/runners/ntesm/a.test.js:2:123'
  failureType: 'testCodeFailure'
  error: 'x'
  code: 'ERR_TEST_FAILURE'
  ...
# Subtest: outer
    # Subtest: inner
        # Subtest: deep
        ok 1 - deep
          ---
          duration_ms: 0.270671
          type: 'test'
          ...
        # Subtest: deep skip
        ok 2 - deep skip # SKIP
          ---
          duration_ms: 0.115471
          type: 'test'
          ...
        1..2
    ok 1 - inner
      ---
      duration_ms: 2.899222
      type: 'suite'
      ...
    # Subtest: case 1
    ok 2 - case 1
      ---
      duration_ms: 0.813247
      type: 'test'
      ...
    1..2
ok 6 - outer
  ---
  duration_ms: 77.433165
  type: 'suite'
  ...
# Subtest: sub
    # Subtest: child
    ok 1 - child
      ---
      duration_ms: 0.326044
      type: 'test'
      ...
    1..1
ok 7 - sub
  ---
  duration_ms: 0.962338
  type: 'test'
  ...
# Subtest: c.test.js
ok 2 - c.test.js
  ---
  duration_ms: 42.806701
  type: 'test'
  ...
1..8
# tests 11
# suites 2
# pass 6
# fail 1
# cancelled 0
# skipped 2
# todo 2
# duration_ms 539.439804
`;

/** pytest 8, `-v`. */
export const pytestVerbose = `============================= test session starts ==============================
platform linux -- Python 3.11.7, pytest-8.4.2, pluggy-1.7.0 -- /tmp/b/runners/v8/bin/python3
cachedir: .pytest_cache
rootdir: /tmp/b/runners/py
plugins: rerunfailures-16.7, xdist-3.8.0
collecting ... collected 11 items / 1 skipped

tests/test_a.py::test_passes PASSED                                      [  9%]
tests/test_a.py::test_fails FAILED                                       [ 18%]
tests/test_a.py::test_skipped SKIPPED (not here)                         [ 27%]
tests/test_a.py::test_xfail XFAIL (known)                                [ 36%]
tests/test_a.py::test_xpass XPASS (known)                                [ 45%]
tests/test_a.py::test_case[x::y] PASSED                                  [ 54%]
tests/test_a.py::test_case[b[1]] PASSED                                  [ 63%]
tests/test_a.py::TestX::test_in PASSED                                   [ 72%]
tests/test_a.py::TestX::TestY::test_deep SKIPPED (inside)                [ 81%]
tests/test_a.py::TestU::test_u FAILED                                    [ 90%]
tests/test_a.py::test_error ERROR                                        [100%]


=========================== short test summary info ============================
FAILED tests/test_a.py::test_fails - assert 1 == 2
FAILED tests/test_a.py::TestU::test_u - AssertionError: 1 != 0
ERROR tests/test_a.py::test_error - RuntimeError: set-up
==== 2 failed, 4 passed, 3 skipped, 1 xfailed, 1 xpassed, 1 error in 0.13s =====
`;

/** pytest 8 with xdist, `-v -n 2`. */
export const pytestDistributed = `============================= test session starts ==============================
platform linux -- Python 3.11.7, pytest-8.4.2, pluggy-1.7.0 -- /tmp/b/runners/v8/bin/python3
cachedir: .pytest_cache
rootdir: /tmp/b/runners/py
plugins: rerunfailures-16.7, xdist-3.8.0
created: 2/2 workers
2 workers [11 items]

scheduling tests via LoadScheduling

tests/test_a.py::test_passes
tests/test_a.py::test_skipped
[gw0] [  9%] PASSED tests/test_a.py::test_passes
[gw1] [ 18%] SKIPPED tests/test_a.py::test_skipped
tests/test_a.py::test_fails
tests/test_a.py::test_xfail
[gw1] [ 27%] XFAIL tests/test_a.py::test_xfail
tests/test_a.py::test_case[x::y]
[gw0] [ 36%] FAILED tests/test_a.py::test_fails
[gw1] [ 45%] PASSED tests/test_a.py::test_case[x::y]
tests/test_a.py::test_case[b[1]]
[gw1] [ 54%] PASSED tests/test_a.py::test_case[b[1]]
tests/test_a.py::TestX::test_in
tests/test_a.py::test_xpass
[gw1] [ 63%] PASSED tests/test_a.py::TestX::test_in
[gw0] [ 72%] XPASS tests/test_a.py::test_xpass
tests/test_a.py::TestU::test_u
tests/test_a.py::TestX::TestY::test_deep
[gw0] [ 81%] SKIPPED tests/test_a.py::TestX::TestY::test_deep
[gw1] [ 90%] FAILED tests/test_a.py::TestU::test_u
tests/test_a.py::test_error
[gw1] [100%] ERROR tests/test_a.py::test_error


=========================== short test summary info ============================
FAILED tests/test_a.py::test_fails - assert 1 == 2
FAILED tests/test_a.py::TestU::test_u - AssertionError: 1 != 0
ERROR tests/test_a.py::test_error - RuntimeError: set-up
==== 2 failed, 4 passed, 2 skipped, 1 xfailed, 1 xpassed, 1 error in 3.10s =====
`;

/** unittest of Python 3.11, `-v`. */
export const unittestVerbose = `test_broken (unittest.loader._FailedTest.test_broken) ... ERROR
test_expected (test_u.A.test_expected) ... expected failure
test_fails (test_u.A.test_fails) ... FAIL
test_passes (test_u.A.test_passes) ... ok
test_skipped (test_u.A.test_skipped) ... skipped 'not here'
test_sub (test_u.A.test_sub) ...
  test_sub (test_u.A.test_sub) [m] (i=1) ... FAIL
test_unexpected (test_u.A.test_unexpected) ... unexpected success
ERROR


----------------------------------------------------------------------
Ran 7 tests in 0.001s

FAILED (failures=2, errors=2, skipped=1, expected failures=1, unexpected successes=1)
`;

/** vitest 4, `--reporter=verbose`. */
export const vitestVerbose = ` RUN  v4.1.12 /tmp/b/runners/vitest4

 ✓ t/a.test.ts > passes 1ms
 × t/a.test.ts > fails 6ms
   → expected 1 to be 2 // Object.is equality
 ↓ t/a.test.ts > skipped
 □ t/a.test.ts > later
 ✓ t/a.test.ts > expected 1ms
 ✓ t/a.test.ts > adds 1 and 2 0ms
 ✓ t/a.test.ts > adds 3 and 4 0ms
 ✓ t/a.test.ts > outer > inner > deep 0ms
 ↓ t/a.test.ts > outer > inner > noted 0ms [not here]
 ✓ t/a.test.ts > flaky 1ms (retry x1)
 ✓ t/good.test.ts > good > one 1ms

 Test Files  1 failed | 1 passed (2)
      Tests  1 failed | 6 passed | 1 expected fail | 2 skipped | 1 todo (11)
   Start at  21:23:24
   Duration  845ms (transform 30ms, setup 0ms, import 80ms, tests 13ms, environment 0ms)
`;

/** vitest 4. */
export const vitestPlain = ` RUN  v4.1.12 /tmp/b/runners/vitest4

 ❯ t/a.test.ts (10 tests | 1 failed | 2 skipped | 1 todo) 9ms
   ✓ passes 1ms
   × fails 5ms
   ↓ skipped
   □ later
   ✓ expected 1ms
   ✓ adds 1 and 2 0ms
   ✓ adds 3 and 4 0ms
       ✓ deep 0ms
       ↓ noted 0ms [not here]
   ✓ flaky 1ms (retry x1)
 ❯ t/broken.test.ts (0 test)
 ✓ t/good.test.ts (1 test) 2ms

 Test Files  2 failed | 1 passed (3)
      Tests  1 failed | 6 passed | 1 expected fail | 2 skipped | 1 todo (11)
   Start at  21:23:22
   Duration  1.14s (transform 33ms, setup 0ms, import 74ms, tests 11ms, environment 0ms)
`;

# Helpers for the tests.
PATH=$ROOT/tests/doubles:$ROOT/bin:$PATH

fail() {
    echo "FAIL: $*" >&2
    exit 1
}

# same EXPECTED ACTUAL
same() {
    [ "$1" = "$2" ] || fail "expected '$1', got '$2'"
}

# refuses COMMAND...: must exit with 1 and say something on stderr
refuses() {
    rc=0
    "$@" >out 2>err || rc=$?
    same 1 "$rc"
    [ -s err ] || fail "no message: $*"
}

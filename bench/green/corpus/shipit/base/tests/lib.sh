# Assertions; a test is a script that sources this.
set -eu
PATH=$ROOT/bin:$PATH

same() {
    if [ "$1" != "$2" ]; then
        echo "  expected: $1"
        echo "  but got:  $2"
        exit 1
    fi
}

fails() {
    if "$@" > out.txt 2>&1; then
        echo "  should fail: $*"
        exit 1
    fi
}

# What the tests use.
PATH=$ROOT/bin:$PATH
failures=0

same() {
	if [ "$2" != "$3" ]; then
		echo "$1: expected '$2', got '$3'"
		failures=$((failures + 1))
	fi
}

finish() {
	[ "$failures" -eq 0 ]
}

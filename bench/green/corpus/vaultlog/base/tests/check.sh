# For tests: check WHAT GOT WANTED. A test ends with `done_checking`.
failures=0

check() {
  if [ "$2" != "$3" ]; then
    echo "# $1: got '$2', wanted '$3'"
    failures=$((failures + 1))
  fi
}

archive() {
  head -c "$2" /dev/zero >"$1"
}

done_checking() {
  [ "$failures" -eq 0 ]
}

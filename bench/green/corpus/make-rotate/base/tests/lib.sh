dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# backups COUNT makes db-01 and so on.
backups() {
  i=1
  while [ "$i" -le "$1" ]; do
    : > "$dir/db-$(printf %02d "$i")"
    i=$((i + 1))
  done
}

count() {
  ls "$dir" | wc -l | tr -d ' '
}

assert_eq() {
  if [ "$1" != "$2" ]; then
    echo "wanted '$1', got '$2'"
    exit 1
  fi
}

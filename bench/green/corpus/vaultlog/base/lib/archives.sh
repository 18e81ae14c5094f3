# Archives of a folder: files that end in .tar.

size_of() {
  wc -c <"$1" | tr -d ' '
}

list_archives() {
  for file in "$1"/*.tar; do
    [ -f "$file" ] || continue
    echo "$(size_of "$file") $(basename "$file")"
  done | sort -k2
}

# Keeps the last archives by name: prune DIR KEEP
prune_archives() {
  total=$(list_archives "$1" | wc -l)
  surplus=$((total - $2))
  [ "$surplus" -gt 0 ] || return 0
  list_archives "$1" | head -n "$surplus" | while read -r _ name; do
    rm -- "$1/$name"
    echo "removed $name"
  done
}

# mirror FROM TO
mirror_archives() {
  mkdir -p "$2"
  for file in "$1"/*.tar; do
    [ -f "$file" ] || continue
    cp "$file" "$2/"
    echo "copied $(basename "$file")"
  done
}

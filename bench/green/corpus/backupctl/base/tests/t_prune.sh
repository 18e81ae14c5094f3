set -eu
for day in 01 02 03 04; do
    : > "$TMP/2024-05-$day.tgz"
    : > "$TMP/2024-05-$day.tgz.sha256"
done
: > "$TMP/notes.txt"
backupctl prune "$TMP" 2
ls "$TMP"

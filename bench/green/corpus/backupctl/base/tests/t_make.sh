set -eu
mkdir "$TMP/d"
echo hello > "$TMP/d/a.txt"
backupctl make "$TMP/d" "$TMP/2024-05-01.tgz"
tar -tzf "$TMP/2024-05-01.tgz" | sort
backupctl verify "$TMP/2024-05-01.tgz"

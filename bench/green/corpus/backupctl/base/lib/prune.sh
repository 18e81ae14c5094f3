# Removes all but the newest $2 archives in $1.
prune() {
    ls "$1" | grep '\.tgz$' | sort -r | tail -n +$(($2 + 1)) | while read -r name; do
        rm -f "$1/$name" "$1/$name.sha256"
        say "removed $name"
    done
}

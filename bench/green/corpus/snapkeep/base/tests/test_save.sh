. "$ROOT/tests/lib.sh"

mkdir -p docs/sub
echo hello >docs/sub/a.txt
name=$(snapkeep save docs store)
case $name in
    docs-????????-??????.tar.gz) ;;
    *) fail "odd name $name" ;;
esac
same "$name" "$(ls store)"
mkdir back
tar -C back -xzf "store/$name"
diff -r docs back/docs
refuses snapkeep save nowhere store

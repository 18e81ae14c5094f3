. "$ROOT/tests/lib.sh"

mkdir data
echo hello > data/a.txt
echo draft > data/b.tmp
name=$(backup data out)
same "out/data-$(date +%Y-%m-%d).tar.gz" "$name"
same hello "$(tar -xzOf "$name" ./a.txt)"

fails backup nothing out

. tests/lib.sh

expect "$(cat tests/notes.expected)" "$(sh notes.sh 1.5.0 <tests/subjects.txt)"

. tests/lib.sh

expect 2.0.0 "$(sh bump.sh 1.4.9 major)"
expect 1.5.0 "$(sh bump.sh 1.4.9 minor)"
expect 1.4.10 "$(sh bump.sh 1.4.9 patch)"
sh bump.sh 1.4.9 tiny 2>/dev/null
expect 1 $?

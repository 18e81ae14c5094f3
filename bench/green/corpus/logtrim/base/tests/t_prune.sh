mkdir logs
for day in 01 02 03 04; do printf x >"logs/2024-05-$day.log"; done
logtrim prune logs 2
same "the last two" "2024-05-03.log 2024-05-04.log" "$(ls logs | tr '\n' ' ' | sed 's/ $//')"
logtrim prune logs 5
same "no more than there are" 2 "$(ls logs | wc -l)"

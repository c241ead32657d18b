#!/bin/sh
# The five pages that were asked for most. Each block of the logs is counted by a job of its own; the counts of all
# blocks are then added up. (-q quotes the command's words for the shell of the jobs.)
cd "$(dirname "$0")" || exit 1
count='{ sub(/[?].*/, "", $7); n[$7]++ } END { for (page in n) print n[page], page }'
cat logs/*.log |
  ${YONDER:-../bin/yonder} --pipe --block 20k -q awk "$count" |
  awk '{ sum[$2] += $1 } END { for (page in sum) print sum[page], page }' |
  sort -k 1,1nr -k 2 | head -n 5

#!/bin/sh
# Server errors in each day's log, the worst day first.
cd "$(dirname "$0")" || exit 1
${YONDER:-../bin/yonder} -k --tagstring '{= s/.*web-//; s/\.log// =}' 'grep -c " 500 " {}' ::: logs/*.log |
  sort -t "$(printf '\t')" -k 2 -n -r

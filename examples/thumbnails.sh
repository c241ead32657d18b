#!/bin/sh
# thumbnails.sh DIR: pictures at half their size. Those that are in DIR already are whole, and are not made again.
out=${1:?usage: thumbnails.sh DIR}
mkdir -p "$out" || exit 1
out=$(cd "$out" && pwd)
cd "$(dirname "$0")" || exit 1
for picture in images/*.pgm; do
  [ -e "$out/${picture##*/}" ] || printf '%s\0' "$picture"
done | ${YONDER:-../bin/yonder} run -0 -k --out "$out/{/}" './halve.awk {} > {out} && echo made {/}'

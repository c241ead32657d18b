#!/bin/sh
# build.sh DIR: a program from its C files. What has been compiled before, from the same text, is not compiled again.
out=${1:?usage: build.sh DIR}
mkdir -p "$out" || exit 1
out=$(cd "$out" && pwd)
yonder=${YONDER:-$(cd "$(dirname "$0")/../../bin" && pwd)/yonder}
cd "$(dirname "$0")" || exit 1

# A line for each object: its source, then the headers that it includes. A value that names a file counts by content.
cc -MM src/*.c | sed -e ':join' -e '/\\$/{' -e 'N' -e 's/ *\\\n */ /' -e 'b join' -e '}' -e 's/^[^:]*: *//' |
  $yonder run --memo --colsep ' ' --out "$out/{1/.}.o" 'cc -O1 -c {1} -o {out}' || exit 1

$yonder run --memo --xargs --out "$out/words" 'cc {} -o {out}' ::: "$out"/*.o

#!/bin/sh
# setup.sh ROOT: the dependencies and the bundle of a checkout, quietly, once; a second caller waits for the first.
root=$1
cd "$root" || exit 1
lock=.setup.lock
until mkdir "$lock" 2>/dev/null; do
  owner=$(cat "$lock/pid" 2>/dev/null)
  if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then rm -rf "$lock"; continue; fi
  sleep 0.2
done
echo $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT
trap 'exit 130' INT TERM
is_current() { [ -x node_modules/.bin/node ] && [ node_modules/.package-lock.json -nt package-lock.json ]; }
is_current && [ dist/yonder.cjs -nt package-lock.json ] && [ dist/yonder.cjs -nt .git/logs/HEAD ] && exit 0
say() { if [ -t 2 ]; then printf '\r\033[Kyonder: %s' "$1" >&2; fi; }
done_saying() { if [ -t 2 ]; then printf '\r\033[K' >&2; fi; }
log=$(mktemp) || exit 1
if ! is_current; then
  if ! command -v npm >/dev/null 2>&1; then
    echo "yonder: npm is not there; install Node.js with npm (Debian: apt-get install npm) and try again" >&2
    exit 1
  fi
  say 'setting up (once): installing dependencies …'
  if ! npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1; then
    done_saying
    cat "$log" >&2
    echo "yonder: npm ci failed (above); mend that and try again" >&2
    rm -f "$log"
    exit 1
  fi
fi
# Some npms (9.2 of Debian 12) leave out the link to the Node that came with the dependencies.
for node in node_modules/node-*/bin/node; do
  if [ -x "$node" ] && [ ! -e node_modules/.bin/node ]; then ln -s "../${node#node_modules/}" node_modules/.bin/node; fi
done
if [ ! -x node_modules/.bin/node ]; then
  echo "yonder: npm has no Node for this system ($(uname -sm)): link a Node 24 to node_modules/.bin/node and try again" >&2
  exit 1
fi
say 'setting up (once): building …'
if ! node_modules/.bin/node build/build.ts >"$log" 2>&1; then
  done_saying
  cat "$log" >&2
  echo "yonder: the build failed (above)" >&2
  rm -f "$log"
  exit 1
fi
rm -f "$log"
touch node_modules/.package-lock.json dist/yonder.cjs
done_saying

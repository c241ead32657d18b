import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { scratch } from "./scratch.ts";

/** The shells that have functions, each with how it loads them. */
const SHELLS = [
  ["bash", `. <(yonder shell-init bash); shopt -s expand_aliases`],
  ["zsh", `. <(yonder shell-init zsh)`],
  ["dash", `eval "$(yonder shell-init sh)"`],
] as const;

const SCRIPT = `
alias greet='echo hello'
odd="a 'quoted'  value
=2"
env_parallel -k greet ::: 1 2
env_parallel 'echo "$odd,"{}' ::: 1
other=no; env_parallel --env odd 'echo "$other,"{}' ::: 1
env_parallel 'exit {}' ::: 3 0 1; echo "status $?"
before=1; env_parallel --session; after=2; env_parallel 'echo "[$before][$after]"{}' ::: 1
env_parallel --end-session; env_parallel 'echo "[$before][$after]"{}' ::: 1
recorded=1; env_parallel --record-env; later=2; env_parallel --env _ 'echo "[$recorded][$later]"{}' ::: 1
parset one,two ::: 'sleep 0.1; echo 1' 'echo "2  b"'; echo "$? $one,$two"
env_parset one,two 'echo "$after"{}' ::: x y; echo "$one,$two"
parset one,two 'exit {};' ::: 1 0; echo "$?"
`;

const SHOWN = `hello 1
hello 2
a 'quoted'  value
=2,1
,1
status 2
[][2]1
[1][2]1
[][2]1
0 1,2  b
2x,2y
1
`;

const ARRAYS = `
f() { echo "f $1 \${arr[2]} \${map[k]}"; }
typeset -A map; map[k]=v; arr=(x 'y  z' w)
env_parallel f ::: 1 | sed 's/w\\|y  z/second or third/'
parset list echo ::: a 'b c'; echo "\${#list[@]} \${list[@]}"
typeset -A table; parset table echo is ::: a b; echo "\${table[a]}, \${table[b]}"
`;

for (const [shell, load] of SHELLS) {
  test(`${shell}: jobs know the shell's own, and variables get outputs`, (t) => {
    if (spawnSync(shell, ["-c", ":"]).error) return t.skip(`${shell} is not installed`);
    using place = scratch([]);
    const { stdout, stderr, status } = place.run(`TMPDIR=$PWD ${shell} -c '${quoted(`${load}\n${SCRIPT}`)}'`);
    assert.equal(stderr, "");
    assert.equal(stdout, SHOWN);
    assert.equal(status, 0);
    const left = readdirSync(place.directory).filter((name) => name.startsWith("yonder-shell"));
    assert.deepEqual(left, []);
  });
}

for (const [shell, load] of SHELLS.slice(0, 2)) {
  test(`${shell}: functions and arrays too`, (t) => {
    if (spawnSync(shell, ["-c", ":"]).error) return t.skip(`${shell} is not installed`);
    using place = scratch([]);
    const { stdout, stderr } = place.run(`${shell} -c '${quoted(`${load}\n${ARRAYS}`)}'`);
    assert.equal(stderr, "");
    assert.equal(stdout, "f 1 second or third v\n2 a b c\nis a, is b\n");
  });
}

test("fish: functions and variables", (t) => {
  if (spawnSync("fish", ["-c", ":"]).error) return t.skip("fish is not installed");
  using place = scratch([]);
  const script = `yonder shell-init fish | source
alias greet 'echo hello'
set arr x 'y  z'
env_parallel greet ::: 1
env_parallel 'echo $arr[{}]' ::: 2
env_parallel 'exit {}' ::: 3 0; echo $status`;
  const { stdout, stderr } = place.run(`fish -c '${quoted(script)}'`);
  assert.equal(stderr, "");
  assert.equal(stdout, "hello 1\ny  z\n1\n");
});

function quoted(script: string): string {
  return script.replaceAll("'", "'\\''");
}

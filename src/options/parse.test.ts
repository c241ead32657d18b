import assert from "node:assert/strict";
import { test } from "node:test";
import type { YonderError } from "../interface/errors.ts";
import { areHostsInFiles, readHosts } from "./hosts.ts";
import type { Options } from "./options.ts";
import { type CommandLine, type Grammar, parseCommandLine } from "./parse.ts";

const HOME = { HOME: "/home/u" };

function parse(
  words: readonly string[],
  { grammar = "parallel", env = {}, files = {} }: Partial<World> = {},
): CommandLine {
  const world = { env: { ...HOME, ...env }, readFile: (path: string) => files[path] };
  return parseCommandLine(words, grammar, world);
}

interface World {
  readonly grammar: Grammar;
  readonly env: Record<string, string>;
  readonly files: Record<string, string>;
}

function options(line: string, world?: Partial<World>): Options {
  return parse(line.split(" "), world).options;
}

function refusal(words: readonly string[], world?: Partial<World>): string {
  try {
    parse(words, world);
  } catch (error) {
    return (error as YonderError).message;
  }
  return "no error";
}

test("options end at the first word that is none", () => {
  const line = parse(["-k", "echo", "-k", "-j2", ":::", "a", "-b"]);
  assert.deepEqual(line.command, ["echo", "-k", "-j2"]);
  assert.deepEqual(line.sources, [{ kind: "values", values: ["a", "-b"], linked: false }]);
  assert.deepEqual(parse(["--", "-k", "x"]).command, ["-k", "x"]);
  assert.deepEqual(parse(["-k", "-", "-v"]).command, ["-", "-v"]);
});

test("short options share a word, with the value of the last", () => {
  const { keepOrder, verbose, jobs } = options("-kvj3 echo");
  assert.deepEqual([keepOrder, verbose, jobs], [true, 1, { type: "count", count: 3 }]);
  assert.equal(options("-l2k echo").maxLines, 2);
  assert.equal(options("-l2k echo").keepOrder, true);
});

test("a value takes the next word whatever it looks like, an optional value only what is no option", () => {
  assert.equal(options("--tagstring -k echo").tagstring, "-k");
  assert.equal(options("-i ,, echo").replace, ",,");
  assert.equal(options("-i -k echo").replace, "{}");
  assert.equal(options("-l echo").maxLines, 1);
  assert.equal(parse(["--tagstring", "", "echo"]).options.tagstring, "");
});

test("long names may be abbreviated and capitals do not matter", () => {
  assert.equal(options("--keep --Tags x echo").keepOrder, true);
  assert.equal(options("--TAG echo").tag, true);
  assert.match(refusal(["--no", "echo"]), /^Option no is ambiguous \(no-ctrl-c, no-ctrlc, no-k,/);
});

test("yonder's own options exist under its own name and make nothing ambiguous", () => {
  assert.equal(options("--out {.}.png echo", { grammar: "yonder" }).out, "{.}.png");
  assert.equal(options("--out echo").files, true);
  assert.equal(options("--keep echo", { grammar: "yonder" }).keepOrder, true);
  assert.equal(refusal(["--json"]), "Unknown option: json");
});

test("bad words are refused with GNU parallel's text", () => {
  assert.equal(refusal(["-Q"]), "Unknown option: Q");
  assert.equal(refusal(["--frobnicate=1"]), "Unknown option: frobnicate");
  assert.equal(refusal(["-a"]), "Option a requires an argument");
  assert.equal(refusal(["--joblog"]), "Option joblog requires an argument");
  assert.equal(refusal(["--keep-order=1"]), "Option keep-order does not take an argument");
  assert.equal(refusal(["--nice", "x"]), 'Value "x" invalid for option nice (number expected)');
  assert.equal(refusal(["-U", ",,"]), "-U has been retired. Use --er.");
  assert.equal(refusal(["-j", "foo"]), "Parsing of --jobs/-j/--max-procs/-P failed.");
  assert.equal(refusal(["--timeout", "abc"]), "--timeout must be seconds or percentage.");
  assert.equal(refusal(["-u", "--lb"]), "--ungroup cannot be combined with --line-buffer.");
  assert.equal(refusal(["--resume"]), "--resume and --resume-failed require --joblog or --results.");
});

test("an unknown option names the nearest real one", () => {
  assert.throws(() => parse(["--kep-order"]), { remedy: "did you mean --keep-order?" });
  assert.throws(() => parse(["--memfere", "1G"]), { remedy: "did you mean --memfree?" });
});

test("numbers that GNU parallel would read as 0 are refused", () => {
  assert.match(refusal(["--delay", "soon"]), /--delay 'soon' must be a time/);
  assert.match(refusal(["--block", "1kb"]), /--block '1kb' must be a size/);
  assert.match(refusal(["-n", "many"]), /--max-args 'many' must be a number/);
  assert.match(refusal(["--term-seq", "HUG,200"]), /HUG is no signal/);
});

test("profiles and $PARALLEL come before the command line, which wins", () => {
  const files = {
    "/home/u/.parallel/config": "--tagstring config\n# a comment\n-k\n",
    "/home/u/.parallel/p": "-v --tagstring 'from p'",
    "./q": "--tagstring q",
  };
  assert.equal(options("echo", { files }).tagstring, "config");
  assert.equal(options("echo", { files, env: { PARALLEL: "--tagstring var" } }).tagstring, "var");
  assert.equal(options("--tagstring x echo", { files, env: { PARALLEL: "--tagstring var" } }).tagstring, "x");
  assert.equal(options("-J p echo", { files }).tagstring, "from p");
  assert.equal(options("-J p echo", { files }).keepOrder, false);
  assert.equal(options("-J p -J ./q echo", { files }).tagstring, "q");
  assert.equal(options("-J ./q -J p echo", { files }).tagstring, "from p");
  assert.equal(options("-J nosuch echo", { files }).tagstring, undefined);
  assert.equal(options("--plain -J p echo", { files, env: { PARALLEL: "-v" } }).verbose, 0);
  assert.equal(options("echo", { files, env: { PARALLEL_HOME: "/elsewhere" } }).tagstring, undefined);
});

test("words of profiles that are no options begin the command", () => {
  const files = { "/home/u/.parallel/nice": "-j-1 nice" };
  assert.deepEqual(parse(["-J", "nice", "gzip", ":::", "a"], { files }).command, ["nice", "gzip"]);
});

test("a quote that nothing closes is refused with its place", () => {
  const files = { "/home/u/.parallel/config": "-k\n--tagstring 'a\n" };
  assert.equal(refusal(["echo"], { files }), "A quote is not closed in /home/u/.parallel/config, line 2");
  assert.equal(refusal(["echo"], { env: { PARALLEL: '-k "' } }), "A quote is not closed in $PARALLEL");
});

test("sources stand in the order of the command line, -a first", () => {
  assert.deepEqual(parse(["-a", "f", "echo", ":::", "a", ":::+", "b", "::::", "g", "-"]).sources, [
    { kind: "file", path: "f", linked: false },
    { kind: "values", values: ["a"], linked: false },
    { kind: "values", values: ["b"], linked: true },
    { kind: "file", path: "g", linked: false },
    { kind: "file", path: "-", linked: false },
  ]);
  const renamed = parse(["--arg-sep", ",,", "echo", ":::", ",,", "a"]);
  assert.deepEqual(renamed.command, ["echo", ":::"]);
});

test("implied options", () => {
  assert.equal(options("--cat wc").pipe, true);
  assert.equal(options("--pipe-part --fifo wc").pipe, false);
  assert.equal(options("--tty vi").grouping, "none");
  assert.deepEqual(options("--tty vi").jobs, { type: "count", count: 1 });
  assert.deepEqual(options("--tty -j2 vi").jobs, { type: "count", count: 2 });
  assert.equal(options("--eta true").progress, true);
  assert.equal(options("--id x true").semaphore, true);
  assert.equal(options("true", { grammar: "sem" }).semaphore, true);
  assert.deepEqual(options("--trc {}.o true").return, ["{}.o"]);
  assert.equal(options("-k --no-keep-order true").keepOrder, false);
  assert.equal(options("--no-keep-order -k true").keepOrder, false);
  assert.equal(options("-v --silent true").verbose, 0);
});

test("--tagstring knows the escapes that GNU parallel knows in it, and no others", () => {
  assert.equal(options("--tagstring a\\tb\\n\\101\\q{} echo").tagstring, "a\tb\nA\\q{}");
});

test("a file with a number of jobs is checked before anything runs", () => {
  const files = { procs: "150%\n", junk: "many\n" };
  assert.deepEqual(options("-j procs true", { files }).jobs, { type: "file", path: "procs" });
  assert.equal(refusal(["-j", "junk", "true"], { files }), "Parsing of --jobs/-j/--max-procs/-P failed.");
});

test("hosts: of options and files, each once, chosen by group", () => {
  const logins = (line: string, world?: Partial<World>): string[] =>
    options(line, world).hosts.map(({ login }) => login);
  assert.deepEqual(logins("true"), []);
  assert.deepEqual(logins("-S 2/:,alice -S bob,alice, true"), [":", "alice", "bob"]);
  assert.deepEqual(logins("-S @x/a,@y/b,@z/c,@x+c true"), ["a", "c"]);
  assert.deepEqual(
    parse(["-S", "alice\n bob ,ssh -J x\\,y carol", "true"]).options.hosts.map(({ login }) => login),
    ["alice", "bob", "ssh -J x,y carol"],
  );
  const files = {
    "/home/u/.parallel/hosts": "# mine\n\n8/alice, bob\nssh -p 2222 carol\n",
    "/home/u/.parallel/sshloginfile": "mine",
    "/etc/parallel/sshloginfile": "ours",
    "/dev/stdin": "typed\n# not this\n",
  };
  assert.deepEqual(logins("--slf hosts -S .. true", { files }), [
    "mine",
    "alice",
    "bob",
    "ssh -p 2222 carol",
  ]);
  assert.deepEqual(logins("--slf . --slf - true", { files }), ["typed", "ours"]);
  assert.deepEqual(logins("-S - true", { files }), ["typed"]);
  assert.equal(refusal(["--slf", "nofile", "true"]), "Cannot open nofile.");
  assert.equal(refusal(["--slf", "..", "true"]), "Cannot open /home/u/.parallel/sshloginfile.");
});

test("hosts: --on names hosts files, and hosts and labels of the nearest yonder.toml", () => {
  const files = {
    "lab.hosts": "8/carol gpu\n",
    "/home/u/work/yonder.toml": "[hosts.alice]\nlabels = ['gpu']\n[hosts.bob]\n",
    "/home/u/yonder.toml": "[hosts.far]\n",
    "/home/u/.config/yonder/yonder.toml": "[hosts.mine]\n",
    "/cfg/yonder/yonder.toml": "[hosts.cfg]\n",
  };
  const on = (names: string, directory?: string, env: Record<string, string> = {}): string => {
    const world = {
      env: { ...HOME, ...env },
      readFile: (path: string) => files[path as keyof typeof files],
      directory,
    };
    const words = ["--on", names, "true"];
    try {
      const { hosts } = parseCommandLine(words, "yonder", world).options;
      return hosts.map(({ login }) => login).join(" ");
    } catch (error) {
      return (error as YonderError).message;
    }
  };
  assert.equal(on("lab.hosts"), "carol");
  assert.equal(on("bob,gpu", "/home/u/work/deep/er"), "bob alice");
  assert.equal(on("all", "/home/u/work"), "alice bob");
  assert.equal(on("far", "/home/u"), "far");
  assert.equal(on("mine", "/"), "mine");
  assert.equal(on("cfg", "/", { XDG_CONFIG_HOME: "/cfg" }), "cfg");
  assert.equal(
    on("bob,tpu", "/home/u/work"),
    "--on bob,tpu: there is no such file, and no host or label tpu in /home/u/work/yonder.toml.",
  );
  assert.match(on("tpu", "/", { HOME: "/nobody" }), /no host or label tpu in a yonder\.toml\.$/);
  assert.equal(options("--on true").onall, true, "GNU parallel has no --on, but an abbreviation");
});

test("--where, --host-timeout and --speculate", () => {
  const own = { grammar: "yonder" } as const;
  assert.deepEqual(parse(["--where", "gpu", "true"], own).options.where, { type: "has", name: "gpu" });
  assert.match(refusal(["--where", "gpu and", "true"], own), /cannot be read: .* at its end/);
  assert.equal(options("true").hostTimeoutMs, 15_000);
  assert.equal(options("--host-timeout 2m true", own).hostTimeoutMs, 120_000);
  assert.match(refusal(["--host-timeout", "0.1", "true"], own), /host-timeout/);
  assert.equal(options("--speculate true", own).speculate, true);
});

test("hosts: the command that reaches them is ssh, $PARALLEL_SSH or --ssh", () => {
  const command = (line: string, env = {}): string | undefined =>
    options(line, { env }).hosts[0]?.command.join(" ");
  assert.equal(command("-S a true"), "ssh a");
  assert.equal(command("-S a true", { PARALLEL_SSH: "fast -q" }), "fast -q a");
  assert.equal(command("-S a --ssh slow true", { PARALLEL_SSH: "fast -q" }), "slow a");
});

test("hosts that were asked for and are not there are no reason to run here", () => {
  for (const words of [
    ["-S", ""],
    ["-S", "@x/a,@y"],
    ["--slf", "empty"],
  ]) {
    assert.equal(refusal([...words, "true"], { files: { empty: "" } }), "Cannot run any jobs.");
  }
});

test("hosts can be read again", () => {
  const world = { env: HOME, readFile: () => "alice" };
  const { options } = parseCommandLine(["--slf", "hosts", "true"], "parallel", world);
  const later = { env: HOME, readFile: () => "bob\ncarol" };
  assert.deepEqual(
    readHosts(options.hostRequest, later).map(({ login }) => login),
    ["bob", "carol"],
  );
});

test("hosts of files may change, others not", () => {
  const readFile = (path: string): string | undefined => (path.endsWith(".toml") ? undefined : "alice");
  const changes = (...words: string[]): boolean =>
    areHostsInFiles(
      parseCommandLine([...words, "true"], "yonder", { env: HOME, readFile }).options.hostRequest,
    );
  assert.deepEqual([changes("-S", "a"), changes("-S", "-"), changes("--slf", "-")], [false, false, false]);
  assert.deepEqual([changes("-S", "a,.."), changes("--slf", "x"), changes("--on", "x")], [true, true, true]);
});

test("what is only for other machines is not ignored in silence", () => {
  assert.deepEqual(parse(["--transfer", "--return", "x", "cat"]).warnings, [
    "--transfer ignored as there are no remote --sshlogin.",
  ]);
  assert.deepEqual(parse(["--transfer", "-S", "alice", "cat"]).warnings, []);
  assert.deepEqual(parse(["--tmpl", "a=b", "--cleanup", "cat"]).warnings, []);
  assert.deepEqual(parse(["-s", "63664", "cat"]).warnings, []);
  assert.deepEqual(parse(["-s", "63665", "cat"]).warnings, ["Value for option -s should be < 63664."]);
});

test("options that ask for something else than a run", () => {
  assert.equal(parse(["--version", "echo"]).action.type, "version");
  assert.deepEqual(parse(["--minversion", "20130722"]).action, { type: "minversion", version: 20130722 });
  assert.deepEqual(parse(["--number-of-cpus"]).action, { type: "cpuCount", unit: "cores" });
});

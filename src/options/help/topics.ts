import type { Topic } from "../table/row.ts";

export interface TopicText {
  readonly title: string;
  /** Stands before the options of the topic. Paragraphs are apart by empty lines; indented lines are kept. */
  readonly text: string;
}

export const topicTexts: Readonly<Record<Topic, TopicText>> = {
  inputs: {
    title: "Where inputs come from",
    text: `Each input is one line of standard input, of a file (-a FILE, :::: FILE) or one word after :::. Without a
command the inputs are the commands.

Several sources give all combinations; :::+ and ::::+ tie a source to the one before it, --link ties all.

  yonder echo {1}-{2} ::: a b ::: 1 2       a-1 a-2 b-1 b-2
  yonder echo {1}-{2} ::: a b :::+ 1 2      a-1 b-2
  find . -print0 | yonder -0 wc -c          any file name
  yonder --colsep , echo {2} :::: table.csv`,
  },
  replacement: {
    title: "Replacement strings",
    text: `In the command, in --tagstring, --results, --workdir, --out and --template:

  {}     the input                        a/b.c.gz
  {.}    without its extension            a/b.c
  {/}    without its directory            b.c.gz
  {//}   its directory                    a
  {/.}   neither directory nor extension  b.c
  {#}    the number of the job            {%}  the number of its slot
  {2}    the second source, column or argument; {2.} {2/} {-1} too
  {=perl expression=}   what is in $_ afterwards; {=2 expression=} for {2}

A command without any of them gets {} at its end. Values are quoted for the shell.`,
  },
  packing: {
    title: "Several inputs in one job",
    text: `A job gets one input, unless one of these says otherwise.

  yonder -n 2 echo ::: a b c d       a b / c d
  yonder -N 2 echo {2} {1} ::: a b   b a
  yonder -X mv {}.x {}.y ::: a b     every {} becomes as many as fit on a line
  yonder --xargs rm :::: list        as few commands as xargs would run`,
  },
  output: {
    title: "Output",
    text: `The output of a job is shown when it has ended, whole and never mixed with that of another: standard output,
then standard error.

  yonder -k --tag md5sum ::: *         in order, each line tagged
  yonder --results out/{/.} cmd ::: *  out/NAME, out/NAME.err, out/NAME.seq
  yonder --results all.csv cmd ::: *   one table with inputs and outputs
  yonder run --out '{.}.png' 'convert {} {out}' ::: *.svg

With --out, a file that exists is a file that is whole.`,
  },
  progress: {
    title: "Progress",
    text: "On a terminal, standard error shows how far the jobs are; these options show it in GNU parallel's ways.",
  },
  records: {
    title: "Records of what has run",
    text: `Every run has a journal, which yonder jobs, show, logs, explain and resume read; see yonder help jobs. --joblog
writes GNU parallel's table, and the --resume options read it (or the tree of --results).`,
  },
  limits: {
    title: "How much runs at a time",
    text: `One job for each CPU runs at a time. A time is in seconds, or like 1.5m, 2h30m, 3d. A size is in bytes, or like
10k (10,000), 10K (10,240), 1.5G, 1M-12*2k.`,
  },
  failures: {
    title: "Failures",
    text: `The exit status is the number of failed jobs, 101 for more than 100, 255 for an error of the command line.

  --halt soon,fail=1     start no more after the first failure
  --halt now,success=1   kill the others when one has succeeded
  --halt now,fail=30%    also: done=N

Ctrl-C stops starting jobs and waits for those that run; a second one kills them.`,
  },
  pipe: {
    title: "Cutting data into blocks",
    text: `With --pipe, jobs read parts of standard input, cut between records (lines, unless --recstart or --recend say
otherwise). With --pipe-part they read parts of files, which is faster.

  zcat log.gz | yonder --pipe --block 10M grep -c ERROR
  yonder --pipe-part -a big.txt --block -1 'sort > {#}.sorted'`,
  },
  environment: {
    title: "Where and how jobs run",
    text: `Jobs run in the nearest shell among the processes that yonder comes from, whatever stands between, as in
timeout 60 yonder ...; $PARALLEL_SHELL comes before it, $SHELL after it. They have its directory, its variables, its
limits, the signals that it ignores, its open descriptors, and PARALLEL_SEQ, PARALLEL_JOBSLOT and PARALLEL_PID.
Node changes limits, signals and descriptors: bin/yonder of a checkout notes them before; npm's link can only ask the
process that started it for the limit of open files, and knows of nohup. Options come from ~/.parallel/config, from
$PARALLEL and from the command line; later ones win.

Functions, aliases, arrays and variables that are not exported stay in the shell, unless env_parallel is called:

  . <(yonder shell-init bash)         also zsh, sh, fish
  env_parallel myfunction ::: a b
  parset results myfunction ::: a b   an array of the outputs`,
  },
  semaphore: {
    title: "Semaphores",
    text: `sem COMMAND (or yonder sem) runs COMMAND in the background as soon as fewer than --jobs commands of the same --id
run; --jobs is 1 unless given.

  for f in *.log; do sem -j4 --id logs gzip "$f"; done; sem --id logs --wait`,
  },
  remote: {
    title: "Other machines",
    text: `Jobs run wherever ssh leads, with nothing installed there but sshd and a shell. A host is [@GROUP/][CPUS/]LOGIN:

  -S alice,8/ann@bob           bob has 8 CPUs, for -j
  -S :,carol:2222              this machine, and carol by port 2222
  -S 'ssh -J gate dave'        any ssh command that ends with a host
  -S @gpu/alice,@gpu+ssd/bob   in groups; a further @ssd chooses those of one

A hosts file has a host a line, with labels and attributes; yonder.toml, here or above, has hosts by name:

  8/alice  gpu mem=64G         [hosts.alice]
                               labels = ["gpu"]
  yonder run --on lab.hosts --where 'gpu and mem>=64G' CMD ::: ...
  yonder run --on gpu CMD ::: ...

Conditions know what is measured, too: cores, memory, disk, os, arch, hostname, user.

yonder doctor -S alice,bob goes to all hosts at once, and says what each has or why it cannot be reached; without -S,
whether all is well on this machine.`,
  },
  information: { title: "Information", text: "These print something and end." },
};

/** Topics of their own, without options. */
export const extraTopics: Readonly<Record<string, TopicText>> = {
  jobs: {
    title: "Asking about jobs",
    text: `Each run is a job with an id and a directory under $XDG_STATE_HOME/yonder/jobs (~/.local/state/yonder/jobs).
There is no daemon: the commands read that directory.

  yonder run --detach CMD ::: ...   start a job and return; also: yonder submit
  yonder jobs                       the jobs, newest first
  yonder show ID                    one job: what, when, how far
  yonder logs ID [TASK]             the output that was kept (--keep-output)
  yonder wait ID                    wait until it has ended; its exit status
  yonder cancel ID                  stop it
  yonder resume ID                  run what has no outcome yet, nothing twice
  yonder resume --damaged ID        the same where its journal is damaged
  yonder explain ID [TASK]          why it waits, what each attempt did
  yonder gc                         remove old records

Each takes --json. kill -9 and power failures lose no outcome that was recorded.`,
  },
  store: {
    title: "The store",
    text: `Files and directories by their CID: the same content has the same CID everywhere, and is checked by it whenever it
is read. CIDs are those of IPFS (ipfs add with the profile unixfs-v1-2025). The store is $XDG_DATA_HOME/yonder/store
(~/.local/share/yonder/store), or what $YONDER_STORE names.

  yonder store put PATH...        put files and directories in; print CIDs
  yonder store get CID -o PATH    make a copy
  yonder store cat CID[/path]     write a file to standard output
  yonder store ls CID[/path]      list a directory
  yonder store stat CID[/path]    its type and size
  yonder store car export CID...  a CAR file, for other stores; car import FILE
  yonder store pin CID            keep it; unpin CID; pins
  yonder store name set NAME CID  give it a name, which keeps it too
  yonder store verify             read everything, and take out what is damaged
  yonder gc                       remove what nothing refers to

yonder put, yonder get and yonder pin are short for the first, second and seventh. A name may stand in place of a CID.
Each takes --json (but cat) and --help.`,
  },
  formats: {
    title: "File formats",
    text: `--joblog: columns apart by TABs: Seq Host Starttime JobRuntime Send Receive Exitval Signal Command.

--results DIR: DIR/1/VALUE/2/VALUE/stdout, stderr, seq; with --header : the names stand in place of the numbers.

--results FILE.csv, .tsv, .json: one row a job: Seq, Host, Starttime, JobRuntime, Send, Receive, Exitval, Signal,
Command, the inputs (V1, V2 ... or their names), Stdout, Stderr.

Profiles (~/.parallel/NAME, ~/.parallel/config) and $PARALLEL: options as on a command line, apart by blanks or
newlines; quotes and backslashes as in the shell, nothing else is special. Lines that begin with # are comments.

--json: one JSON object a line for each task: task, outcome, exitCode, signal, startedMs, endedMs, command, values,
stdout, stderr, and host, tag, reused, sentBytes, returnedBytes where there are any. Bytes that are not UTF-8 are
{"base64": "..."}. share/yonder.schema.json describes what every command prints with --json.`,
  },
  expressions: {
    title: "Expressions",
    text: `In a command, a tag, --results, --workdir, --out and --retries:

  {= perl =}   $_ is the value, and what it is afterwards stands there
  {@ js @}     the value of a JavaScript expression; _ is the value
  {=2 perl =}  {@2 js @}  the same for the second value

  yonder echo '{= s/web-/day-/ =}' ::: web-16      day-16
  yonder echo '{= $_ = seq() * 10 =}' ::: a b      10 20
  yonder echo '{@ _.toUpperCase() @}' ::: a        A

Perl finds $arg[1], @arg, seq(), slot(), total_jobs(), skip(), uq(), Q($x), pQ($x), yyyy_mm_dd() and its like; common expressions need no
perl. JavaScript finds seq, slot, total, args, path, skip() and raw(). --rpl 'TAG perl' gives an expression a name, --filter 'perl' leaves jobs out.`,
  },
  "exit-status": {
    title: "Exit statuses",
    text: `  0             every job has run and succeeded
  1 to 100      so many jobs failed; 101: more than 100
  130 143 129   SIGINT, SIGTERM or SIGHUP has kept jobs from running
  141           nobody reads the output any more
  255           a wrong command line, input or output

A job fails by another status than 0, by a signal, or at its --timeout. yonder run --ok 0,1 names statuses that count as success. With --retries the
last attempt counts. With --halt it is the status of the job that decided. Under the names parallel and sem a signal gives what GNU parallel
gives.

yonder wait ID gives the status of the job, all its runs together; the commands that ask give 1 where what was asked for is not there, and 2 for
a wrong command line.`,
  },
  sdk: {
    title: "Programs",
    text: `The package yonder-run runs functions of a TypeScript or JavaScript program on all cores, and on other machines:

  import { connect, task } from "yonder-run";
  export const square = task((x: number) => x * x);
  if (import.meta.main) {
    await using y = await connect();
    for await (const value of y.map(square, [1, 2, 3])) console.log(value);
  }

A program's run is a job as well: yonder jobs, show, logs and explain know it. docs/guide/sdk.md, in yonder's repository, shows it step by
step, and docs/reference/sdk.md has all of it.`,
  },
};

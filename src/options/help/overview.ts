/** What `yonder --help` prints: at most 24 lines of 80 columns, so that nothing scrolls away. */
export function overview(name: string): string {
  return `${name} runs a command for each input, several at a time.

${uses(name)}

  {} input  {.} no extension  {/} basename  {//} directory  {/.} both  {#} count
  {1} {2} one of several sources or columns   {= perl expression =}

  -j N       jobs at a time (+2, 50%)       --dry-run      print the commands
  -k         output in the order of input   --tag          mark lines by input
  -n N, -X   several inputs a job           --results DIR  save output in files
  -a FILE    read inputs from FILE          --joblog FILE  a line about each job
  --colsep , columns: {1} {2}               --resume       skip what is done
  --timeout 10s, --retries 3                --halt now,fail=1  stop at a failure
  --bar, --eta  progress                    --pipe, --pipe-part  cut up data
${name === "yonder" ? COMMANDS : ABOUT}`;
}

const USES = [
  ["NAME [options] command ::: arguments", "NAME gzip -k ::: *.log"],
  ["NAME [options] command :::: files", "NAME wget -q :::: urls.txt"],
  ["producer | NAME [options] command", "find . -type f | NAME wc"],
  ["cat big | NAME --pipe [options] command", "zcat x.gz | NAME --pipe wc"],
] as const;

const COMMANDS = `
  yonder run --detach ...  goes on when you log out  yonder doctor  is all well?
  yonder jobs, show, logs, wait, cancel, resume, explain, gc    ask about jobs
  yonder store put, get, cat, ls, stat, car, pin, name, verify  files by content
  yonder help WORD  inputs replacement packing output progress records failures
     limits pipe environment semaphore remote formats jobs store sdk
     expressions exit-status, an --option, or a command such as run or resume
`;

const ABOUT = `
  This is yonder, which does what GNU parallel 20221122 does.
  All options: man yonder. More: yonder help inputs, yonder help output ...
`;

function uses(name: string): string {
  const named = (text: string): string => text.replaceAll("NAME", name);
  return USES.map(([use, example]) => `  ${named(use).padEnd(44)}  ${named(example)}`).join("\n");
}

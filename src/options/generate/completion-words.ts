/** What the scripts need to know of one option. */
export interface CompletionOption {
  readonly names: readonly string[];
  readonly help: string;
  /** undefined for flags. */
  readonly value: "file" | "directory" | "host" | "other" | undefined;
  /** All that the value may well be; empty where nobody knows. */
  readonly words: readonly string[];
  readonly repeatable: boolean;
  readonly own: boolean;
}

export const SUBCOMMANDS: Readonly<Record<string, string>> = {
  run: "run a command over inputs",
  submit: "run it detached and print the id of the job",
  parallel: "with GNU parallel's options only",
  sem: "run one command under a semaphore",
  jobs: "list jobs",
  show: "show a job",
  logs: "show the output of a job",
  wait: "wait for a job",
  cancel: "stop a job",
  resume: "run what a job has not done",
  explain: "say why a task waits and what it did",
  gc: "remove old records, and what nothing refers to",
  doctor: "look whether hosts answer, and what they have",
  put: "put files in the store",
  get: "make a copy of what is in the store",
  pin: "keep something in the store",
  store: "the commands of the store",
  help: "help about a topic",
  completion: "print completion code for a shell",
  "shell-init": "print env_parallel and parset for a shell",
  "install-names": "make the commands parallel and sem",
};

/** Their words are files. */
export const FILE_SUBCOMMANDS: readonly string[] = ["put", "get"];
/** Those that run a command. */
export const RUNNING_SUBCOMMANDS: readonly string[] = ["run", "submit", "parallel", "sem"];

/** Subcommands whose words only yonder knows: ids, names, topics. The scripts ask `yonder completion --words`. */
export const ASKING_SUBCOMMANDS: readonly string[] = Object.keys(SUBCOMMANDS).filter(
  (name) => ![...FILE_SUBCOMMANDS, ...RUNNING_SUBCOMMANDS].includes(name),
);

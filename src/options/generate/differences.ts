/** What is different everywhere, one paragraph each (Markdown). */
export const generalDifferences: readonly string[] = [
  "A number, time or size that cannot be read (`--delay soon`, `--block 1kb`, `-n many`) is refused with exit status 255 before anything runs. GNU parallel takes it for 0 or ignores the option.",
  "A quote that nothing closes in `$PARALLEL` or in a profile is refused with its place. GNU parallel drops the whole text.",
  "After a wrong option yonder prints one line that names the nearest real one. GNU parallel prints its summary of options too.",
  "Lines of a profile that begin with blanks and `#` are comments too.",
  "`--round-robin` implies `--pipe`, as the manual says. GNU parallel ignores it without `--pipe`.",
  "Retired options are named one at a time. GNU parallel prints the whole list of them.",
  "`--delimiter '\\xHH'` works as the manual says. GNU parallel understands octal escapes only.",
  "The script of `--shebang-wrap` may have blanks in its path.",
  "There is no citation notice.",
];

/** Cases of the corpus whose outcome is another one on purpose, each with its reason. */
export const caseDifferences: readonly { readonly name: string; readonly reason: string }[] = [
  {
    name: "exit-0008-killed-several",
    reason:
      "a command that SIGINT or SIGPIPE has ended, which did not come from yonder, has exit status 130 or 141 in the joblog, and no signal: the slot shell says nothing of these two signals, and programs that exit with 130 or 141 themselves are more usual.",
  },
];

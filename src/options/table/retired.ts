import type { OptionRow, ValueKind } from "./row.ts";

/** Options that GNU parallel knows and refuses. */
export const retiredRows: readonly OptionRow[] = [
  retired("tollef", "flag", "--tollef has been retired.\nRemove --tollef or use --gnu to override --tollef."),
  retired("g", "flag", "-g has been retired. Use --group."),
  retired("B", "string", "-B has been retired. Use --bf."),
  retired("T", "flag", "-T has been retired. Use --tty."),
  retired("U", "string", "-U has been retired. Use --er."),
  retired("W", "string", "-W has been retired. Use --wd."),
  retired("Y", "flag", "-Y has been retired. Use --shebang."),
  retired("H", "int", "-H has been retired. Use --halt."),
  retired("sql", "string", "--sql has been retired. Use --sqlmaster."),
  retired("ctrlc", "flag", "--ctrlc has been retired.", ["ctrl-c"]),
  retired("noctrlc", "flag", "--noctrlc has been retired.", ["no-ctrlc", "no-ctrl-c"]),
];

function retired(
  name: string,
  value: ValueKind,
  message: string,
  aliases: readonly string[] = [],
): OptionRow {
  return {
    name,
    aliases,
    value,
    status: { retired: message },
    topic: "information",
    help: "Retired",
    hidden: true,
  };
}

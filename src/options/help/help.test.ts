import assert from "node:assert/strict";
import { test } from "node:test";
import { optionTable } from "../table/table.ts";
import { optionHelp, topicHelp, topicNames } from "./help.ts";
import { overview } from "./overview.ts";

test("the overview fits a screen of 24 lines and 80 columns", () => {
  for (const name of ["yonder", "parallel", "sem"]) {
    const lines = overview(name).trimEnd().split("\n");
    assert.ok(lines.length <= 24, `${name}: ${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  }
});

test("the overview names every topic that has more to say", () => {
  for (const topic of topicNames()) {
    if (topic !== "information") assert.ok(overview("yonder").includes(topic), topic);
  }
});

test("every topic has a page of 80 columns with all its options", () => {
  for (const topic of topicNames()) {
    const text = topicHelp(topic) ?? assert.fail(topic);
    for (const line of text.split("\n")) assert.ok(line.length <= 80, `${topic}: ${line}`);
    for (const row of optionTable.filter((option) => option.topic === topic && !option.hidden)) {
      assert.ok(text.includes(row.name.length > 1 ? `--${row.name}` : `-${row.name}`), row.name);
    }
  }
});

test("topics may be abbreviated; an unknown one has no page", () => {
  assert.equal(topicHelp("out"), topicHelp("output"));
  assert.equal(topicHelp("re"), undefined);
  assert.equal(topicHelp("nonsense"), undefined);
});

test("one option", () => {
  assert.match(optionHelp("-j") ?? "", /--jobs N/);
  assert.equal(optionHelp("--nosuch"), undefined);
});

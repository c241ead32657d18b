import assert from "node:assert/strict";
import { userInfo } from "node:os";
import { test } from "node:test";
import { homeOf } from "./home.ts";

test("$HOME, or where it is not set or empty, what the system knows", () => {
  assert.equal(homeOf({ HOME: "/a" }), "/a");
  assert.equal(homeOf({}), userInfo().homedir);
  assert.equal(homeOf({ HOME: "" }), userInfo().homedir);
});

import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { flagProblem } from "../../../dev/terminal/flag_problem.ts";

function problemOf(...args: string[]): string {
  try {
    parseArgs({ args, options: { profile: { type: "string" }, show: { type: "boolean" } } });
  } catch (error) {
    return flagProblem(error, ["profile", "show"]);
  }
  throw new Error(`Cannot find a problem in ${args.join(" ")}`);
}

Deno.test("a misspelt flag is told with the one that is meant, in one sentence", () => {
  assert.equal(problemOf("--shwo"), "There is no flag --shwo; did you mean --show?");
  assert.equal(problemOf("--paralel-everything"), "There is no flag --paralel-everything.");
});

Deno.test("a flag that misses its value, or has one too many, is told in one sentence", () => {
  assert.match(problemOf("--profile"), /^Option '--profile <value>' argument missing\.$/);
  assert.match(problemOf("--profile", "--show"), /^Option '--profile' argument is ambiguous\.$/);
  assert.match(problemOf("--show=yes"), /^Option '--show' does not take an argument\.$/);
});

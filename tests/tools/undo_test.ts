// The framework's promise, on tables of both kinds of key: what a write tool did can be taken back.
import { testUndone } from "../support/tools/undone.ts";
import { WRITES } from "./write_cases.ts";

testUndone(WRITES);

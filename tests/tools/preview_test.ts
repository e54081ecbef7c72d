// The framework's promise, on tables of both kinds of key: a dry run of a write shows what it does, and does nothing.
import { testPreviewed } from "../support/tools/previewed.ts";
import { WRITES } from "./write_cases.ts";

testPreviewed(WRITES);

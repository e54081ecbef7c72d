// What every store of the agents' memory promises, as cases that run on any: on Postgres, and on the store in memory
// that stands for it where tests play runs by the thousand.
import { ECHO_CASES } from "./store_echo_cases.ts";
import { RUN_CASES } from "./store_run_cases.ts";
import { TOLD_EVENT_CASES } from "./store_told_events_cases.ts";
import { STEP_CASES } from "./store_step_cases.ts";
import { STEP_WAIT_CASES } from "./store_step_wait_cases.ts";
import { SUMMARY_CASES } from "../summaries/store_summary_cases.ts";
import { TOLD_CASES } from "./store_told_cases.ts";
import { WAIT_CASES } from "./store_wait_cases.ts";

export const STORE_CASES = [
  ...RUN_CASES,
  ...TOLD_EVENT_CASES,
  ...STEP_CASES,
  ...STEP_WAIT_CASES,
  ...TOLD_CASES,
  ...WAIT_CASES,
  ...ECHO_CASES,
  ...SUMMARY_CASES,
];

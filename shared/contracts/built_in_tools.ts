// The agents' own tools, by the names under which their calls are stored: they stand in no catalogue.

/** The planner's: carries out a plan. */
export const CREATE_PLAN_NAME = "create_plan";

/** Of a step's worker: hands its result in. */
export const SUBMIT_RESULT_NAME = "submit_result";

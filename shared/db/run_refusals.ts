// What the run and step functions refuse, in words: the list at the head of the migration `run_rows`, by message.

/** The code, and the sentence that a user reads. */
export const REFUSALS: Readonly<Record<string, readonly [code: string, sentence: string]>> = {
  beyond_the_log: ["PT400", "The run has no event of that number: its last one is {last}."],
  no_user: ["PT401", "The access token is not valid."],
  run: ["PT404", "There is no such run."],
  session: ["PT404", "There is no such session."],
  entity: ["PT404", "There is no such entity."],
  plan: ["PT404", "There is no such plan."],
  step: ["PT404", "The plan has no such step."],
  execution: ["PT404", "There is no such execution."],
  run_unfinished: ["PT409", "The session's previous run has not finished yet."],
  request_key_reused: ["PT409", "This request_key was used for another request."],
  run_not_running: ["PT409", "The run has ended."],
  run_has_an_owner: ["PT409", "The run is still being worked on."],
  events_out_of_order: ["PT409", "The run's log has moved on."],
  messages_out_of_order: ["PT409", "A message of the thread is missing."],
  cancel_requested: ["PT409", "The run was cancelled."],
  plan_not_executing: ["PT409", "The plan is not being carried out."],
  step_of_another_agent: ["PT409", "The step is not for this agent."],
  step_not_ready: ["PT409", "The step waits for others that are not complete."],
  step_already_claimed: ["PT409", "The step has been claimed already."],
  step_asked_nothing: ["PT409", "The step has no open question."],
  run_purged: ["PT410", "What the run said has been deleted."],
  lease_lost: ["PT412", "The lease was taken by another worker."],
  user_quota: ["PT429", "Your quota is used up for now. Please try again later."],
  run_budget: ["PT429", "The run's budget is used up."],
};

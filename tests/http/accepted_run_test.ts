// What callers are told when something goes wrong around a run that was accepted.
import assert from "node:assert/strict";
import { AgentError, StoreUnavailable } from "../../shared/contracts/errors.ts";
import { goesOn, notReadable } from "../../shared/http/accepted_run.ts";

const RUN = crypto.randomUUID();

Deno.test("how a run has failed, or that it goes on, is said as it is to whoever asks for it", () => {
  const failed = new AgentError("model_unavailable", "The model can't be reached.", {
    ...{ retryable: true, details: { run_id: RUN, status: "failed" } },
  });
  const late = goesOn(RUN, new AgentError("timeout", "The run takes longer than one request may."));
  for (const told of [failed, late]) assert.equal(notReadable(RUN, told), told);
});

Deno.test("whoever can't look at a run is told that it is not affected, and what is wrong with a request, as it is", () => {
  const { kind, message, details } = notReadable(RUN, new StoreUnavailable());
  assert.deepEqual([kind, details], ["internal", { status: "unknown", run_id: RUN }]);
  assert.match(message, /^The run can't be looked at right now\. What it does is not affected/);
  const unfit = notReadable(
    RUN,
    new AgentError("bad_request", "after: no.", { details: { field: "after" } }),
  );
  assert.deepEqual([unfit.message, unfit.details], ["after: no.", { field: "after", run_id: RUN }]);
});

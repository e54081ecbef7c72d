// Faults as another process wants them: the test that set FAULTS_URL is asked at every point, and may end this
// process instead of answering.
import { z } from "zod";
import type { FaultPoint } from "./fault_point.ts";
import { type Ports, withFaults } from "./with_faults.ts";

const Answer = z.object({ verdict: z.enum(["go_on", "throw"]) });

export class InjectedFault extends Error {
  override readonly name = "InjectedFault";

  constructor(readonly point: FaultPoint) {
    super(`A fault was injected at ${point}`);
  }
}

/**
 * What to do to the ports that act for one user: nothing, unless FAULTS_URL is set. Then each point is POSTed
 * there as `{ point, user }`, and the answer is `{ verdict: "go_on" | "throw" }`.
 */
export function remoteFaults(
  { FAULTS_URL: url }: Record<string, string | undefined>,
  fetch: typeof globalThis.fetch,
): <Deps extends Ports & { user: string }>(deps: Deps) => Deps {
  if (!url) return (deps) => deps;
  return (deps) =>
    withFaults(deps, async (point) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ point, user: deps.user }),
      });
      if (Answer.parse(await response.json()).verdict === "throw") throw new InjectedFault(point);
    });
}

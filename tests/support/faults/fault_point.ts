// The places where a run can be hurt: every boundary of the agents' ports, by name.

type Moment = "before" | "after";

/** `after`: the work was done and its answer is lost on the way back. Tools are named by what the model called. */
export type FaultPoint =
  | `store.${string}:${Moment}`
  | `model:${Moment | "first_event" | "middle"}`
  | `tool.${string}:${Moment}`
  | `preview.${string}:${Moment}`
  | `invoke:${Moment | "first_event"}`
  | `handOff:${Moment}`;

/**
 * Told that a point is passed. What it throws becomes the failure that the boundary has in real life; where the
 * process is killed meanwhile, it never comes back.
 */
export type Pass = (point: FaultPoint) => Promise<void>;

/** Passes the point; what that throws is thrown as `failure` makes it. */
export async function passOr(
  failure: (cause: unknown) => Error,
  pass: Pass,
  point: FaultPoint,
): Promise<void> {
  try {
    await pass(point);
  } catch (cause) {
    throw failure(cause);
  }
}

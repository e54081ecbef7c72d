// What stands where something is being read, or could not be.
import { Icon, Spinner } from "./icons.tsx";
import type { Loaded } from "./use_loaded.ts";

interface LoadingProps<Value> {
  of: Loaded<Value>;
  children(value: Value): preact.ComponentChildren;
}

/** Shows what was read, and before that that it is read. */
export function Loading<Value>({ of, children }: LoadingProps<Value>) {
  if (of.type === "ready") return <>{children(of.value)}</>;
  if (of.type === "failed") {
    return (
      <p class="problem" role="alert">
        <Icon name="failed" />
        {of.problem}
      </p>
    );
  }
  return (
    <p class="loading muted">
      <Spinner /> Reading
    </p>
  );
}

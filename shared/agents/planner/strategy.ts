// How much machinery a turn has needed so far. It is announced at the first sign, and only moves up.
import { Strategy } from "../../contracts/events.ts";

export interface StrategyTracker {
  current(): Strategy | null;
  raise(to: Strategy): void;
}

/** `current` is what was announced before, where a run is resumed. */
export function createStrategyTracker(
  current: Strategy | null,
  announce: (strategy: Strategy) => void,
): StrategyTracker {
  const order = Strategy.options;
  return {
    current: () => current,
    raise(to) {
      if (current !== null && order.indexOf(to) <= order.indexOf(current)) return;
      current = to;
      announce(to);
    },
  };
}

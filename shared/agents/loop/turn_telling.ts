// When readers are told how the calls of a turn ended: at once where the model is told all of a result for sure, else once
// it is known how much of it the model is told, or that the turn comes to nothing.
import type { ResultRoom } from "./result_room.ts";

export type Tell = (told: "whole" | "cut") => void;

export interface TurnTelling {
  isSure: ResultRoom["isSure"];
  /** Keeps what waits to be told, and gives it: told once, whoever tells it. */
  later(tell: Tell): Tell;
  /** Tells what still waits: it is not kept from readers until the turn goes on, and it may never. */
  rest(): void;
}

/** Of a turn that nothing has been told of yet. */
export function createTurnTelling(isSure: ResultRoom["isSure"]): TurnTelling {
  const untold = new Set<Tell>();
  return {
    isSure,
    later(tell) {
      const once: Tell = (told) => {
        if (untold.delete(once)) tell(told);
      };
      untold.add(once);
      return once;
    },
    rest() {
      for (const tell of untold) tell("whole");
    },
  };
}

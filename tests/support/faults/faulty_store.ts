// A store whose requests may fail on their way there or back. It knows no method by name, so that those of
// tomorrow are covered, too.
import { PostgrestError } from "@supabase/supabase-js";
import { databaseError } from "../../../shared/db/database_error.ts";
import { type Pass, passOr } from "./fault_point.ts";

type Requests<Port> = { [Name in keyof Port]: (...args: never[]) => Promise<unknown> };

/** The points are `store.<method>:before` and `store.<method>:after`. */
export function faultyStore<Port extends object & Requests<Port>>(store: Port, pass: Pass): Port {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]): Promise<unknown> => {
        await passOr(lostConnection, pass, `store.${String(name)}:before`);
        const answer: unknown = await Reflect.apply(method, target, args);
        await passOr(lostConnection, pass, `store.${String(name)}:after`);
        return answer;
      };
    },
  });
}

/** As supabase-js says it when no answer came: an error without a code. */
function lostConnection(cause: unknown): Error {
  const message = `TypeError: error sending request (${cause instanceof Error ? cause.message : cause})`;
  return databaseError(new PostgrestError({ message, details: "", hint: "", code: "" }), 0);
}

// What the local REST API says of errors that no request to a real database can be made to meet in time.
import assert from "node:assert/strict";
import { z } from "zod";
import { withPostgrestStatus } from "../../dev/rest/database_errors.ts";

const Raised = z.object({ code: z.literal("PGRST"), message: z.string(), detail: z.string() });

const driverError = (code: string, message: string) => Object.assign(new Error(message), { code });

for (
  const [code, message] of [
    ["CONNECTION_CLOSED", "write CONNECTION_CLOSED 127.0.0.1:5432"],
    ["CONNECTION_ENDED", "write CONNECTION_ENDED 127.0.0.1:5432"],
    ["CONNECTION_DESTROYED", "write CONNECTION_DESTROYED 127.0.0.1:5432"],
    ["CONNECT_TIMEOUT", "write CONNECT_TIMEOUT 127.0.0.1:5432"],
    ["ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:5432"],
    ["ECONNRESET", "read ECONNRESET"],
    ["EPIPE", "write EPIPE"],
  ] as const
) {
  Deno.test(`REST: a database that can't be reached is a 503, as PostgREST says it: ${code}`, () => {
    const raised = Raised.parse(withPostgrestStatus(driverError(code, message), "authenticated"));
    assert.deepEqual(JSON.parse(raised.message), { code: "PGRST001", message, details: null, hint: null });
    assert.deepEqual(JSON.parse(raised.detail), { status: 503, headers: {} });
  });
}

Deno.test("REST: what is neither the database's nor a lost connection stays what it is", () => {
  for (const error of [new Error("no"), driverError("NOT_TAGGED_CALL", "no"), "no", undefined]) {
    assert.equal(withPostgrestStatus(error, "authenticated"), error);
  }
});

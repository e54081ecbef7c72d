// What a person is asked before a tool call is made, and what becomes of it. All of it is data to be shown as text: it
// may come from anywhere, so that nobody renders it as Markdown or HTML.
import { z } from "zod";
import { JsonSchema } from "./text.ts";

const Row = z.record(z.string(), JsonSchema);
const changed = {
  table: z.string(),
  key: Row,
  /** Columns whose values the database makes anew when the call is made: what is said of them may differ then. */
  made: z.array(z.string()).optional(),
};

/**
 * What a call would change, row by row, found by a dry run under its user's own rights. A long value is cut: it is
 * `{ cut, length, sha256 }`, its beginning, the length of the whole in characters, and a hash. So is a number that
 * would be read as another.
 */
export const Effect = z.discriminatedUnion("op", [
  z.object({ ...changed, op: z.literal("insert"), row: Row }),
  /** By column: what it is, and what it would be. `title` is what people call the row. */
  z.object({
    ...changed,
    op: z.literal("update"),
    title: z.string().optional(),
    changes: z.record(z.string(), z.tuple([JsonSchema, JsonSchema])),
  }),
  z.object({ ...changed, op: z.literal("delete"), row: Row }),
  /** A row that is too large to be shown; or, without a key, all further changes of a call that makes many. */
  z.object({
    ...changed,
    op: z.literal("unshown"),
    row: z.object({ number: z.int().min(1), sha256: z.string(), op: z.string().optional() }),
  }),
]);
export type Effect = z.infer<typeof Effect>;

/** Why a call is not simply made: whose rule it is, and a sentence. */
export const Why = z.object({
  by: z.enum(["default", "rule", "floor", "taint", "declined"]),
  text: z.string(),
});
export type Why = z.infer<typeof Why>;

/** A call that waits for a person. */
export const Approval = z.object({
  tool_call_id: z.uuid(),
  name: z.string(),
  arguments: JsonSchema,
  /** Of the arguments as the database keeps them. A decision names it, so that it is about what was shown. */
  arguments_sha256: z.string(),
  why: z.array(Why),
  /** Null of a read, which changes nothing, and where `problem` tells why it is not known. */
  effects: z.array(Effect).nullable(),
  problem: z.string().optional(),
  /** What a decision with a scope beyond this call would allow, in words; absent where it can't. */
  remember: z.string().optional(),
  expires_at: z.iso.datetime({ offset: true }),
  step_number: z.int().min(1).optional(),
});
export type Approval = z.infer<typeof Approval>;

/** The same where the calls of all runs stand together. */
export const OpenApproval = Approval.extend({ run_id: z.uuid(), session_id: z.uuid() });
export type OpenApproval = z.infer<typeof OpenApproval>;

/** How long an approval holds: for this call, for the session, or always. */
export const ApprovalScope = z.enum(["once", "session", "always"]);
export type ApprovalScope = z.infer<typeof ApprovalScope>;

/** Who settled it: a person, the time, the session's next message, or the end of its step. */
export const SettledBy = z.enum(["user", "expired", "superseded", "step_ended"]);
export type SettledBy = z.infer<typeof SettledBy>;

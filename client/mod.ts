// What front ends import. It needs nothing but `fetch` and no package, so it runs in browsers, Node, Deno and workers.
export { type AgentClient, type AgentClientOptions, createAgentClient } from "./agent_client.ts";
export { AgentClientError, type ClientErrorKind } from "./client_error.ts";
export { resumableFetch, type ResumableFetchOptions } from "./resumable_fetch.ts";
export {
  answerOf,
  type ApprovalState,
  type CallState,
  initialRunState,
  type PlanState,
  reduceRun,
  type RunState,
  type Shown,
  type StepState,
} from "../shared/contracts/run_state.ts";

export type { AccessToken } from "./authorized.ts";
export type {
  ConversationRequests,
  ListSessionsOptions,
  MessagePage,
  PageOptions,
  SessionChanges,
  SessionPage,
} from "./conversation_requests.ts";
export type { RequestOptions } from "./requests.ts";
export type {
  CancelAnswer,
  EventOptions,
  ListRunsOptions,
  ResumeAnswer,
  Run,
  RunPage,
  RunRequests,
  StartRunBody,
  UndoAnswer,
} from "./run_requests.ts";
export type { Timers } from "./waiting.ts";
export type { AccountRequests, UsageByDayOptions } from "./account_requests.ts";

export type { PlanOutcome, RunAnswer } from "../shared/contracts/answer.ts";
export type { Approval, Effect, OpenApproval, Why } from "../shared/contracts/approval.ts";
export type { DecisionInput } from "../shared/contracts/decision_request.ts";
export type { ErrorKind } from "../shared/contracts/errors.ts";
export type { Open, ReadEvent, ReadEventOf } from "../shared/contracts/read_event.ts";
export type {
  AgentView,
  ChatMessage,
  ChatSession,
  ExecutionView,
  PlanView,
  RunDetails,
  RunRow,
  ThreadMessage,
  ThreadView,
  ToolCallView,
} from "../shared/contracts/run_view.ts";
export type { UsageDay } from "../shared/contracts/usage_rows.ts";
export type { Limits, LimitWindow } from "../shared/contracts/user_limits.ts";
export type { ToolInfo } from "../shared/contracts/tool_info.ts";
export type { Usage } from "../shared/contracts/usage.ts";

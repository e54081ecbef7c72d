import type { UseChatHelpers } from "@ai-sdk/react";
import { agent } from "./backend.ts";
import type { Approval, ChatMessage, Executor } from "./chat_message.ts";
import { ApprovalCard } from "./parts/approval.tsx";
import { PlanCard } from "./parts/plan.tsx";
import { Text } from "./parts/text.tsx";
import { Tool } from "./parts/tool.tsx";

interface Props {
  message: ChatMessage;
  chat: UseChatHelpers<ChatMessage>;
}

/** A message, part by part. */
export function Message({ message, chat }: Props) {
  const run_id = message.metadata?.run_id ?? "";
  const executors: Executor[] = [];
  const approvals = new Map<string, Approval>();
  for (const part of message.parts) {
    if (part.type === "data-agent") executors.push(part.data);
    if (part.type === "data-approval") approvals.set(part.data.tool_call_id, part.data);
  }

  /** The AI SDK has no word for arguments that its user has changed, so this goes another way. */
  async function edit(approval: Approval, id: string, args: Record<string, unknown>) {
    const { tool_call_id, arguments_sha256 } = approval;
    const decision = { tool_call_id, approved: true, arguments_sha256, arguments: args };
    const { open } = await agent.decide(run_id, [decision]);
    if (open.length === 0) await chat.resumeStream();
    else await chat.addToolApprovalResponse({ id, approved: true });
  }

  return (
    <article className={message.role} aria-label={message.role === "user" ? "You" : "Assistant"}>
      {message.parts.map((part, at) => {
        switch (part.type) {
          case "text":
            return <Text key={at} text={part.text} />;
          case "data-plan":
            return <PlanCard key={part.id} plan={part.data} executors={executors} />;
          case "dynamic-tool": {
            const approval = approvals.get(part.toolCallId);
            if (part.state !== "approval-requested" || !approval) {
              return (
                <Tool
                  key={part.toolCallId}
                  part={part}
                  declined={approval?.decision?.approved === false}
                  undo={() => agent.undo(run_id, part.toolCallId)}
                />
              );
            }
            const { id } = part.approval;
            return (
              <ApprovalCard
                key={part.toolCallId}
                approval={approval}
                onAnswer={(approved) => chat.addToolApprovalResponse({ id, approved })}
                onEdit={(args) => edit(approval, id, args)}
              />
            );
          }
          default:
            return null;
        }
      })}
      {message.metadata?.status === "cancelled" && <p className="hint">Stopped.</p>}
    </article>
  );
}

import { useChat } from "@ai-sdk/react";
import { APICallError, lastAssistantMessageIsCompleteWithApprovalResponses } from "ai";
import { useState } from "react";
import { agent, readHistory, transport } from "./backend.ts";
import type { ChatMessage } from "./chat_message.ts";
import { Composer } from "./composer.tsx";
import { Message } from "./message.tsx";

/** One chat: what was said, what is being said, and a place to say something. */
export function Chat({ id, history }: { id: string; history: ChatMessage[] }) {
  const [refused, setRefused] = useState("");
  const chat = useChat<ChatMessage>({
    id,
    messages: history,
    transport,
    // After a reload the answer goes on where it is by now.
    resume: true,
    // Once every question of an answer is decided on, it goes on by itself.
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
    onError(error) {
      if (APICallError.isInstance(error) && error.statusCode === 409) void showOther(error.message);
    },
  });
  const { messages, status, error } = chat;
  const last = messages.at(-1);
  const busy = status === "submitted" || status === "streaming";
  const waits = last?.parts.some((part) =>
    part.type === "dynamic-tool" && part.state === "approval-requested"
  );

  /** A run is under way, started in another tab perhaps: shows that one, and that the message was not sent. */
  async function showOther(reason: string) {
    setRefused(reason);
    chat.setMessages(await readHistory(id));
    await chat.resumeStream();
  }

  /** `chat.stop()` alone would only stop listening. */
  async function stop() {
    const run_id = last?.role === "assistant" ? last.metadata?.run_id : undefined;
    if (run_id) await agent.cancel(run_id);
    else await chat.stop();
  }

  return (
    <main>
      <div className="messages" role="log" aria-busy={busy}>
        <div>
          {messages.length === 0 && <p className="hint">Ask for something. Try “Show me my tasks”.</p>}
          {messages.map((message) => <Message key={message.id} message={message} chat={chat} />)}
          {busy && <p className="hint">At work …</p>}
          {refused !== "" && <p role="alert" className="problem">{refused}</p>}
          {error && (
            <p role="alert" className="problem">
              {error.message}{" "}
              <button type="button" className="quiet" onClick={() => chat.regenerate()}>Try again</button>
            </p>
          )}
        </div>
      </div>
      <Composer
        busy={busy}
        hint={waits ? "Answer the question above first" : "Message"}
        blocked={waits === true}
        onSend={(text) => {
          setRefused("");
          void chat.sendMessage({ text });
        }}
        onStop={() => void stop()}
      />
    </main>
  );
}

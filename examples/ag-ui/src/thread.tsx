import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Composer } from "./composer.tsx";
import { Interrupts } from "./interrupts.tsx";
import { Message } from "./message.tsx";
import { createThreadAgent } from "./thread_agent.ts";

/** One thread: what was said, what is being done, what waits for an answer. */
export function Thread({ id }: { id: string }) {
  const [agent] = useState(() => createThreadAgent(id));
  const state = useSyncExternalStore(agent.subscribe, agent.state);
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current) return;
    opened.current = true;
    void agent.open();
  }, [agent]);
  const { messages, interrupts, running, problem } = state;

  return (
    <main>
      <div className="messages" role="log" aria-busy={running}>
        <div>
          {messages.length === 0 && <p className="hint">Ask for something. Try “Show me my tasks”.</p>}
          {messages.map((message) => <Message key={message.id} message={message} state={state} />)}
          {interrupts.length > 0 && (
            <Interrupts key={interrupts[0]?.id} interrupts={interrupts} onAnswer={agent.answer} />
          )}
          {running && <p className="hint">At work …</p>}
          {problem !== "" && <p role="alert" className="problem">{problem}</p>}
        </div>
      </div>
      <Composer
        busy={running}
        hint={interrupts.length > 0 ? "Answer the question above first" : "Message"}
        blocked={interrupts.length > 0}
        onSend={(text) => void agent.send(text)}
        onStop={() => void agent.stop()}
      />
    </main>
  );
}

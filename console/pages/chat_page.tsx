// A conversation: its turns, its plan, its message box.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Chat, type ChatState, createChat, type Turn } from "../data/chat.ts";
import { useData } from "../data/use_data.ts";
import { isUnfinished } from "../data/live_run.ts";
import { go, setParams } from "../navigate.ts";
import { Composer } from "../parts/composer.tsx";
import { CopyAs } from "../parts/copy_as.tsx";
import { Icon, Spinner } from "../parts/icons.tsx";
import { PageHead, type PageProps } from "../parts/page_head.tsx";
import { PlanPlace } from "../parts/plan_place.tsx";
import { StatePill } from "../parts/state_pill.tsx";
import { StatusLine } from "../parts/status_line.tsx";
import { TurnList } from "../parts/turn_list.tsx";
import { usePageClock } from "../parts/page_clock.ts";
import { formatRoute } from "../route.ts";
import { NewChat } from "./new_chat.tsx";

interface ChatPageProps extends PageProps {
  /** Null for the first page, "new" for a conversation that is begun. */
  session_id: string | null;
  params: Record<string, string>;
}

/** Keeps one conversation while its address says so, and while a new one gets its address. */
export function ChatPage({ session_id, params, open_menu }: ChatPageProps) {
  const id = session_id === "new" ? null : session_id;
  const fresh = useRef<{ number: number; id: string | null }>({ number: 0, id: null });
  if (id === null && fresh.current.id !== null) {
    fresh.current = { number: fresh.current.number + 1, id: null };
  }
  const key = id === fresh.current.id ? `new ${fresh.current.number}` : id;
  const begin = (new_id: string) => {
    fresh.current.id = new_id;
    go(formatRoute({ page: "chat", session: new_id }), "replace");
  };
  return <Conversation key={key} {...{ id, params, open_menu, begin }} />;
}

interface ConversationProps extends PageProps {
  id: string | null;
  params: Record<string, string>;
  begin: (session_id: string) => void;
}

function Conversation({ id, params, open_menu, begin }: ConversationProps) {
  const [chat, state] = useChat(id, params, begin);
  const { session, turns, held, problem, loading } = state;
  const last = turns.at(-1) ?? null;
  const working = turns.find((turn) => turn.live && isUnfinished(turn.live.state)) ?? null;
  const shown = turns.find((turn) => turn.run_id !== null && turn.run_id === params.run) ?? last;
  const now = usePageClock(200, working !== null || last?.sent === "sending");
  const status = working?.live?.state.status ?? last?.live?.state.status;
  const run_id = (shown ?? last)?.run_id;
  const title = session?.title || (id === null ? "New conversation" : "Conversation");
  const hold = useRef(() => {});

  if (problem) return <Missing problem={problem} open_menu={open_menu} />;
  const send = (text: string) => {
    if (params.run) setParams({ run: undefined });
    chat.send(text);
    hold.current();
  };
  const empty = turns.length === 0 && !loading;
  return (
    <>
      <PageHead title={title} open_menu={open_menu} state={status && <StatePill state={status} />}>
        {session && <CopyAs row={{ table: "chat_sessions", key: { id: session.id } }} look="small" />}
        {run_id && <a class="button small" href={formatRoute({ page: "trace", run: run_id })}>Trace</a>}
      </PageHead>
      <div class="chat">
        <div class="chat-main">
          {loading && (
            <p class="empty">
              <Spinner />
              <span class="vh">Loading</span>
            </p>
          )}
          {empty && <NewChat say={send} />}
          {!empty && !loading && (
            <TurnList {...{ chat, state, hold }} plan_run={shown?.run_id ?? null} show_plan={showPlan} />
          )}
          <div class="chat-foot">
            {held !== null && <Held text={held} release={chat.releaseHeld} />}
            <StatusLine turn={working ?? last} now={now} stop={chat.stop} />
            <Composer
              draft_key={session?.id ?? id ?? "new"}
              about={aboutWords(session?.context_type ?? params.context_type)}
              mode={modeOf(working)}
              returned={state.returned}
              taken={chat.returnedTaken}
              send={send}
              stop={chat.stop}
            />
          </div>
        </div>
        <PlanPlace turn={shown} now={now} />
      </div>
    </>
  );
}

function showPlan(run_id: string): void {
  setParams({ run: run_id });
}

function useChat(
  id: string | null,
  { context_type, entity_id }: Record<string, string>,
  begun: (session_id: string) => void,
): [Chat, ChatState] {
  const data = useData();
  const chat = useMemo(() =>
    createChat(data, id, {
      ...{ about: { context_type, entity_id }, begun },
      now: () => performance.now(),
      // A tab that nobody sees paints nothing, and is up to date when it is seen.
      soon: (paint) =>
        document.visibilityState === "visible" ? requestAnimationFrame(paint) : setTimeout(paint, 500),
    }), []);
  const [state, setState] = useState(chat.state);
  useEffect(() => {
    const ended = chat.subscribe(() => setState(chat.state));
    void chat.load();
    return () => {
      ended();
      chat.leave();
    };
  }, [chat]);
  return [chat, state];
}

function modeOf(working: Turn | null): "send" | "hold" | "withdraws" {
  if (working?.live?.state.status === "awaiting_approval") return "withdraws";
  return working ? "hold" : "send";
}

function aboutWords(context_type = "general"): string {
  return context_type === "general" || context_type === "global"
    ? "everything"
    : context_type.replaceAll("_", " ");
}

function Held({ text, release }: { text: string; release: () => void }) {
  return (
    <p class="note plain held">
      <Icon name="clock" />
      <span class="cut">Sent when this run has ended: {text}</span>
      <button type="button" class="button bare small" onClick={release}>Edit</button>
    </p>
  );
}

function Missing({ problem, open_menu }: PageProps & { problem: string }) {
  return (
    <>
      <PageHead title={problem} open_menu={open_menu} />
      <p class="empty">
        Begin <a href="#/chat/new">a new one</a>, or take one from the side bar.
      </p>
    </>
  );
}

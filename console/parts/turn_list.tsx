// The turns of a conversation, oldest first; older ones come as their reader scrolls up.
import { useEffect, useRef } from "preact/hooks";
import type { Chat, ChatState, Turn } from "../data/chat.ts";
import { Icon, Spinner } from "./icons.tsx";
import { useStickToEnd } from "./stick_to_end.ts";
import { TurnView } from "./turn_view.tsx";

/** So near to the beginning, what is older is asked for. */
const NEAR_START = 300;

interface TurnListProps {
  chat: Chat;
  state: ChatState;
  /** The run whose plan is shown. */
  plan_run: string | null;
  show_plan: (run_id: string) => void;
  /** Is given what goes to the end. */
  hold: { current: () => void };
}

export function TurnList({ chat, state, plan_run, show_plan, hold }: TurnListProps) {
  const box = useRef<HTMLDivElement>(null);
  const stick = useStickToEnd(box, state.turns, state.turns[0]?.key ?? "");
  hold.current = stick.hold;
  const scrolled = () => {
    if (box.current && box.current.scrollTop < NEAR_START) void chat.loadOlder();
  };
  return (
    <div class="turns-place">
      <div class="turns" ref={box} onScroll={scrolled} tabIndex={0} role="region" aria-label="Conversation">
        <div class="turns-inner">
          {state.has_older && (
            <p class="older">
              <Spinner />Older messages
            </p>
          )}
          {state.turns.map((turn) => (
            <TurnPlace key={turn.key} turn={turn} show={() => chat.show(turn.key)}>
              <TurnView
                turn={turn}
                show_plan={turn.run_id === plan_run || !turn.run_id
                  ? null
                  : () => show_plan(turn.run_id ?? "")}
                again={() => chat.send(turn.user?.text ?? "")}
                retry={() => chat.retry(turn.key)}
                take_back={() => chat.takeBack(turn.key)}
              />
            </TurnPlace>
          ))}
        </div>
      </div>
      {stick.behind && (
        <button type="button" class="button small to-end" onClick={stick.hold}>
          <Icon name="down" />new
        </button>
      )}
    </div>
  );
}

interface TurnPlaceProps {
  turn: Turn;
  show: () => void;
  children: preact.ComponentChildren;
}

/** Reads a turn's log when the turn is about to be seen. */
function TurnPlace({ turn, show, children }: TurnPlaceProps) {
  const place = useRef<HTMLDivElement>(null);
  const waits = turn.live === null && turn.run_id !== null;
  useEffect(() => {
    if (!waits || !place.current) return;
    const seen = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && show(),
      { rootMargin: "600px" },
    );
    seen.observe(place.current);
    return () => seen.disconnect();
  }, [waits]);
  return <div ref={place}>{children}</div>;
}

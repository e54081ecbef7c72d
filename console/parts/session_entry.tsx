// One conversation of the side bar, with what can be done with it.
import { useEffect, useRef, useState } from "preact/hooks";
import type { SessionRow } from "../data/chat_data.ts";
import { sentenceOf } from "../data/console_data.ts";
import { useData } from "../data/use_data.ts";
import { go } from "../navigate.ts";
import { formatRoute } from "../route.ts";
import { ago, exact } from "./format.ts";
import { DeleteQuestion } from "./delete_question.tsx";
import { Icon } from "./icons.tsx";
import { SessionMenu } from "./session_menu.tsx";
import { lookOf, StateIcon } from "./state_pill.tsx";

interface SessionEntryProps {
  row: SessionRow;
  now: number;
  is_here: boolean;
}

type Doing = "nothing" | "choosing" | "renaming" | "deleting";

export function SessionEntry({ row, now, is_here }: SessionEntryProps) {
  const data = useData();
  const [doing, setDoing] = useState<Doing>("nothing");
  const [problem, setProblem] = useState<string | null>(null);
  const place = useRef<HTMLLIElement>(null);
  const close = () => setDoing("nothing");
  const change = async (work: () => Promise<unknown>) => {
    close();
    try {
      await work();
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    data.tell({ type: "sessions" });
  };
  const rename = (title: string) =>
    title && title !== row.title
      ? change(() => data.ask((client) => client.updateSession(row.id, { title })))
      : close();
  const archive = () =>
    change(() =>
      data.ask((client) =>
        client.updateSession(row.id, { status: row.status === "archived" ? "active" : "archived" })
      )
    );

  const remove = async () => {
    await change(() => data.ask((client) => client.deleteSession(row.id)));
    if (is_here) go(formatRoute({ page: "chat", session: "new" }), "replace");
  };

  if (doing === "renaming") {
    return (
      <li>
        <Rename title={row.title} done={rename} close={close} />
      </li>
    );
  }
  return (
    <li ref={place} class="session">
      <a
        class="side-row"
        href={formatRoute({ page: "chat", session: row.id })}
        aria-current={is_here ? "page" : undefined}
      >
        <LastState row={row} />
        <span class="cut" title={`${row.title}\n${exact(row.updated_at)}`}>{row.title || "Untitled"}</span>
        <time class="faint" dateTime={row.updated_at} title={exact(row.updated_at)}>
          {ago(row.updated_at, now)}
        </time>
      </a>
      <button
        type="button"
        class="button bare small session-more"
        aria-label={`Actions for ${row.title}`}
        aria-expanded={doing === "choosing"}
        onClick={() => setDoing(doing === "choosing" ? "nothing" : "choosing")}
      >
        <Icon name="more" />
      </button>
      {doing === "choosing" && (
        <SessionMenu place={place} close={close}>
          <button type="button" onClick={() => setDoing("renaming")}>
            <Icon name="write" />Rename
          </button>
          <button type="button" onClick={archive}>
            <Icon name="archive" />
            {row.status === "archived" ? "Take out of the archive" : "Archive"}
          </button>
          <button type="button" onClick={() => setDoing("deleting")}>
            <Icon name="trash" tone="bad" />Delete…
          </button>
        </SessionMenu>
      )}
      {doing === "deleting" && <DeleteQuestion title={row.title} {...{ close, remove }} />}
      {problem && <p class="sessions-none small bad" role="alert">{problem}</p>}
    </li>
  );
}

/** Only a state that asks for a look: what is done is no news. */
function LastState({ row: { agent_runs: [last] } }: { row: SessionRow }) {
  if (!last || last.status === "completed" || last.status === "cancelled") return null;
  return (
    <>
      <StateIcon state={last.status} />
      <span class="vh">{lookOf(last.status).word}:</span>
    </>
  );
}

interface RenameProps {
  title: string;
  done: (title: string) => void;
  close: () => void;
}

function Rename({ title, done, close }: RenameProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    box.current?.focus();
    box.current?.select();
  }, []);
  // Whatever takes the box away also takes the focus off it.
  const over = useRef(false);
  const end = (how: () => void) => {
    if (over.current) return;
    over.current = true;
    how();
  };
  const save = () => end(() => done(box.current?.value.trim() ?? ""));
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.isComposing) save();
    if (event.key === "Escape") end(close);
  };
  return (
    <input
      ref={box}
      class="input small"
      aria-label="Title"
      defaultValue={title}
      maxLength={200}
      onKeyDown={pressed}
      onBlur={save}
    />
  );
}

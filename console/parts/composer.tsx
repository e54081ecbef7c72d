// The message box. What is written stays with its conversation until it is sent.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { leadTo } from "./lead_to.ts";

interface ComposerProps {
  /** Of the conversation that the draft belongs to. */
  draft_key: string;
  /** What the message will be about, in words. */
  about: string;
  /** What comes of sending now. */
  mode: "send" | "hold" | "withdraws";
  /** A text that goes back into the box. */
  returned: { text: string; why: string } | null;
  taken: () => void;
  send: (text: string) => void;
  /** Stops the run; null where none works. */
  stop(): void;
}

const PLACEHOLDERS = {
  send: "Ask for something, or say what to change",
  hold: "You can write; it is sent when this run has ended",
  withdraws: "A message withdraws what waits for you",
};
/** Room for about ten lines. */
const MAX_HEIGHT = 240;

export function Composer({ draft_key, about, mode, returned, taken, send, stop }: ComposerProps) {
  const key = `agent-console.draft.${draft_key}`;
  const [text, setText] = useState(() => sessionStorage.getItem(key) ?? "");
  const [why, setWhy] = useState("");
  const [sure, setSure] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const kept_under = useRef(key);
  useEffect(() => {
    // A new conversation has got its id: what is being written goes on under that.
    if (kept_under.current === key) return;
    sessionStorage.removeItem(kept_under.current);
    kept_under.current = key;
    if (text !== "") sessionStorage.setItem(key, text);
  }, [key]);
  useEffect(() => {
    if (!returned) return;
    write(text === "" ? returned.text : `${returned.text}\n${text}`);
    setWhy(returned.why);
    taken();
    leadTo(box.current);
  }, [returned]);
  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(MAX_HEIGHT, box.current.scrollHeight)}px`;
  }, [text]);

  const write = (next: string) => {
    setText(next);
    setSure(false);
    if (next === "") sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, next);
  };
  const submit = () => {
    if (text.trim() === "") return;
    if (mode === "withdraws" && !sure) return setSure(true);
    send(text.trim());
    write("");
    setWhy("");
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
    if (event.key === "Escape" && text === "") stop();
  };
  return (
    <div class="composer">
      {why && (
        <p class="note" role="alert">
          <Icon name="warning" />
          {why}
        </p>
      )}
      {sure && mode === "withdraws" && (
        <p class="note" role="alert">
          <Icon name="waits" />
          <span>What waits for you is withdrawn and not done. Send again to go on, or decide first.</span>
        </p>
      )}
      <div class="composer-box">
        <textarea
          ref={box}
          rows={1}
          value={text}
          data-find=""
          aria-label="Message"
          placeholder={PLACEHOLDERS[mode]}
          maxLength={20_000}
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={pressed}
        />
        <div class="composer-foot">
          <span class="faint cut">About: {about}</span>
          <span class="composer-keys faint" aria-hidden="true">
            <kbd>Enter</kbd> sends, <kbd>Shift Enter</kbd> new line
          </span>
          <button
            type="button"
            class={`button ${mode === "send" ? "primary" : ""}`}
            disabled={text.trim() === ""}
            onClick={submit}
          >
            <Icon name="send" />
            {mode === "hold" ? "Send after" : "Send"}
          </button>
        </div>
      </div>
    </div>
  );
}

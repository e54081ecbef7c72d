import { type KeyboardEvent, useState } from "react";

interface Props {
  busy: boolean;
  /** An answer is wanted first. */
  blocked: boolean;
  hint: string;
  onSend(text: string): void;
  onStop(): void;
}

/** Enter sends, Shift and Enter begin a line. */
export function Composer({ busy, blocked, hint, onSend, onStop }: Props) {
  const [text, setText] = useState("");
  const [early, setEarly] = useState(false);
  function send() {
    if (text.trim() === "") return;
    setEarly(busy || blocked);
    if (busy || blocked) return;
    onSend(text.trim());
    setText("");
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }
  const note = busy ? "Not sent yet: send it when the answer is there, or stop the answer." : hint;
  return (
    <div className="composer">
      {early && (busy || blocked) && <p role="status" className="hint">{note}</p>}
      <textarea
        aria-label="Message"
        placeholder={hint}
        rows={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {busy
        ? <button type="button" onClick={onStop}>Stop</button>
        : <button type="button" onClick={send} disabled={blocked || text.trim() === ""}>Send</button>}
    </div>
  );
}

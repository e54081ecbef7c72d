// The keys that work everywhere, and the list of them that `?` shows.
import { useEffect, useRef, useState } from "preact/hooks";
import { go } from "../navigate.ts";
import { Icon } from "./icons.tsx";

const PAGES: Readonly<Record<string, string>> = {
  c: "#/chat",
  r: "#/runs",
  a: "#/approvals",
  u: "#/usage",
};

const KEYS = [
  ["Enter", "send the message"],
  ["Shift Enter", "new line in the message"],
  ["Esc", "stop the run, with the message box in focus and empty"],
  ["/", "find, or the message box"],
  ["g c", "chat"],
  ["g r", "runs"],
  ["g a", "approvals"],
  ["g u", "usage"],
  ["Up Down", "rows of a trace; j and k, too"],
  ["Left Right", "fold and unfold in a trace"],
  ["a e d", "allow once, edit, decline, inside an approval"],
  ["?", "this list"],
];

const OFF = "agent-console.keys-off";
/** How long after `g` a letter names a page. */
const CHORD_MS = 1000;

export function KeyList() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [off, setOff] = useState(localStorage.getItem(OFF) !== null);
  useEffect(() => listen(showKeys), []);
  const change = () => {
    if (off) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    setOff(!off);
  };
  return (
    <dialog ref={dialog} id="keys" class="sheet" aria-labelledby="keys-title">
      <header class="sheet-head">
        <h2 id="keys-title">Keys</h2>
        <button
          type="button"
          class="button bare"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <dl class="keys">
        {KEYS.map(([keys = "", what]) => (
          <div key={keys}>
            <dt>{keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={!off} onChange={change} />Single letters work
      </label>
    </dialog>
  );
}

/** Shows the list, where single letters are switched off, too. */
export function showKeys(): void {
  document.querySelector<HTMLDialogElement>("dialog#keys")?.showModal();
}

function listen(show_list: () => void): () => void {
  let chord = 0;
  const pressed = (event: KeyboardEvent) => {
    if (
      !lettersWork() || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)
    ) return;
    if (document.querySelector("dialog[open], .over")) return;
    const target = event.timeStamp - chord < CHORD_MS ? PAGES[event.key] : undefined;
    chord = event.key === "g" ? event.timeStamp : 0;
    if (target) go(target);
    else if (event.key === "?") show_list();
    else if (event.key === "/") {
      document.querySelector<HTMLElement>("[data-find]")?.focus();
    } else return;
    event.preventDefault();
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

/** Whether a single letter is a command: not where its user has switched that off. */
export function lettersWork(): boolean {
  return localStorage.getItem(OFF) === null;
}

/** True for what takes letters itself. */
export function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"));
}

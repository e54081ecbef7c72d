// "Copy as": a menu of texts that lead to a row again.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useData } from "../data/use_data.ts";
import type { RowAddress } from "../data/row_address.ts";
import { curlText, linkText, sqlText, supabaseText } from "./copy_texts.ts";
import { Icon } from "./icons.tsx";

interface CopyAsProps {
  row: RowAddress;
  /** The hash of the screen that shows it; the one that is open if it is not given. */
  hash?: string;
  look?: "small";
}

export function CopyAs({ row, hash, look }: CopyAsProps) {
  const { project } = useData();
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  const [by_hand, setByHand] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const menu = useId();
  const texts: [string, () => string][] = [
    ["curl", () => curlText(project, row)],
    ["supabase-js", () => supabaseText(project, row)],
    ["SQL", () => sqlText(project, row)],
    ["Link", () => linkText(location.href, hash ?? location.hash)],
  ];
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    const outside = ({ target }: Event) => {
      if (target instanceof Node && !root.current?.contains(target)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => setSaid(""), 2_000);
    return () => clearTimeout(timer);
  }, [said]);

  const close = () => {
    setOpen(false);
    root.current?.querySelector("button")?.focus();
  };
  const copy = async (name: string, text: string) => {
    close();
    try {
      await navigator.clipboard.writeText(text);
      setSaid(name === "Link" ? "Link copied" : `Copied as ${name}`);
    } catch {
      // Some browsers ask first, or allow it on https only.
      setByHand(text);
    }
  };
  return (
    <div class="copy-as" ref={root} onKeyDown={(event) => menuKey(event, close)}>
      <button
        type="button"
        class={`button ${look ?? ""}`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={menu}
        onClick={() => setOpen(!open)}
      >
        <Icon name={said === "" ? "copy" : "done"} />
        <span class="copy-name">{said === "" ? "Copy as" : said}</span>
      </button>
      <span class="vh" role="status">{said}</span>
      {open && (
        <div class="menu" role="menu" id={menu} aria-label="Copy as">
          {texts.map(([name, text]) => (
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              key={name}
              onClick={() => copy(name, text())}
            >
              {name}
            </button>
          ))}
        </div>
      )}
      {by_hand !== null && <ByHand text={by_hand} close={() => setByHand(null)} />}
    </div>
  );
}

/** Arrows walk the menu that is open, Escape closes it. */
function menuKey(event: KeyboardEvent & { currentTarget: HTMLElement }, close: () => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  if (items.length === 0) return;
  const at = items.findIndex((item) => item === document.activeElement);
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: items.length - 1,
  };
  const to = steps[event.key];
  if (to !== undefined) items.at(to % items.length)?.focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.stopPropagation();
  if (event.key !== "Tab") event.preventDefault();
}

function ByHand({ text, close }: { text: string; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector("textarea")?.select();
  }, []);
  return (
    <dialog class="sheet by-hand" ref={dialog} onClose={close} aria-label="Copy by hand">
      <p class="muted">The browser does not let this page write to the clipboard. Copy it from here.</p>
      <textarea class="input mono" readOnly rows={6} aria-label="Text to copy" defaultValue={text} />
      <div class="sheet-actions">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>Close</button>
      </div>
    </dialog>
  );
}

// Tabs: one of several views of the same thing. Arrow keys go from one to the next.

export interface Tab {
  id: string;
  name: string;
  /** After the name, such as how many there are. */
  count?: number;
}

interface TabsProps {
  label: string;
  tabs: readonly Tab[];
  open: string;
  choose(id: string): void;
}

export function Tabs({ label, tabs, open, choose }: TabsProps) {
  const pressed = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const at = tabs.findIndex(({ id }) => id === open);
    const next = tabs.at((at + step) % tabs.length);
    if (!next) return;
    event.preventDefault();
    choose(next.id);
    document.getElementById(tabId(next.id))?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={pressed}>
      {tabs.map(({ id, name, count }) => (
        <button
          type="button"
          role="tab"
          key={id}
          id={tabId(id)}
          aria-selected={id === open}
          aria-controls="tab-panel"
          tabIndex={id === open ? 0 : -1}
          onClick={() => choose(id)}
        >
          {name} {count !== undefined && <span class="faint">{count}</span>}
        </button>
      ))}
    </div>
  );
}

/** What the open tab shows. */
export function TabPanel({ open, children }: { open: string; children: preact.ComponentChildren }) {
  return (
    <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={tabId(open)} tabIndex={0}>
      {children}
    </div>
  );
}

function tabId(id: string): string {
  return `tab-${id}`;
}

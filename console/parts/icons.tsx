// The console's icons: 16 by 16, drawn in the colour of the text around them. They say nothing to a screen reader; the
// word beside them does.

const PATHS = {
  fork: "M4 2v4a4 4 0 0 0 8 0V2M8 10v4",
  chat: "M2.5 3.5h11v8h-6l-3 2.5v-2.5h-2z",
  runs: "M2 4h8M5 8h9M3 12h7",
  inbox: "M2 9l2-6h8l2 6v4H2zM2 9h3.5l1 2h3l1-2H14",
  usage: "M3 13V8M8 13V3M13 13V6",
  plan: "M2 4h2M6.5 4H14M2 8h2M6.5 8H14M2 12h2M6.5 12H14",
  read: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4L14 14",
  write: "M3 13l.6-2.8L11 2.8l2.2 2.2-7.4 7.4zM9.5 4.3l2.2 2.2",
  model: "M8 1.8l5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9zM8 1.8v12.4M2.6 4.9l10.8 6.2M13.4 4.9L2.6 11.1",
  step: "M3 7h10v6H3zM6 7V3.5h4V7",
  done: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.4 8.2l1.9 1.9 3.4-4",
  failed: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6 6l4 4M10 6l-4 4",
  stopped: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6 6h4v4H6z",
  waits: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.5 5.8v4.4M9.5 5.8v4.4",
  pending: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z",
  skipped: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5 8h6",
  question: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.4 6.4a1.6 1.6 0 1 1 2.3 1.5c-.5.3-.7.6-.7 1.2M8 11v.2",
  warning: "M8 2.5l6 11H2zM8 6.5v3.5M8 11.8v.2",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.4 1.6",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  undo: "M6 3L3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6",
  send: "M8 13.5v-11M3.8 6.7L8 2.5l4.2 4.2",
  stop: "M4.5 4.5h7v7h-7z",
  down: "M8 2.5v11M3.8 9.3L8 13.5l4.2-4.2",
  open: "M3.5 6l4.5 4.5L12.5 6",
  closed: "M6 3.5L10.5 8 6 12.5",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  link: "M6.5 9.5l3-3M7 4.5l1.2-1.2a3 3 0 0 1 4.3 4.3L11.3 8.8M9 11.5l-1.2 1.2a3 3 0 0 1-4.3-4.3L4.7 7.2",
  archive: "M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.5h3",
  trash: "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4",
  person: "M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8zM2.8 13.8c.5-2.6 2.6-4 5.2-4s4.7 1.4 5.2 4",
  exit: "M6 2.5H3v11h3M7 8h7M11 5l3 3-3 3",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon, in a colour of the vocabulary where `tone` names one. */
export function Icon({ name, tone = "" }: { name: IconName; tone?: string }) {
  return (
    <svg
      class={`icon ${tone}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Something is under way. The one thing that moves. */
export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}

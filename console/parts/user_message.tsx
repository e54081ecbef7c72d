// What a user said, from the moment it is sent: grey until it is taken, with a way on where it was not.
import type { Turn } from "../data/chat.ts";
import { clock, exact } from "./format.ts";
import { Icon } from "./icons.tsx";
import { usePageClock } from "./page_clock.ts";

export interface UserMessageProps {
  turn: Turn;
  retry: () => void;
  take_back: () => void;
}

export function UserMessage({ turn: { user, sent }, retry, take_back }: UserMessageProps) {
  if (!user) return null;
  const refused = typeof sent === "object" ? sent : null;
  return (
    <section class="user" aria-label="Your message">
      <p class="who">
        <b>You</b>
        <time class="faint" dateTime={user.at} title={exact(user.at)}>{clock(user.at)}</time>
        {sent === "sending" && (
          <span class="faint sending">
            <Icon name="clock" />sending
          </span>
        )}
      </p>
      <p class={`user-text ${sent === "sent" ? "" : "muted"}`}>{user.text}</p>
      {refused && (
        <Refusal sentence={refused.sentence} retry_at={refused.retry_at} {...{ retry, take_back }} />
      )}
    </section>
  );
}

interface RefusalProps {
  sentence: string;
  retry_at: number;
  retry: () => void;
  take_back: () => void;
}

function Refusal({ sentence, retry_at, retry, take_back }: RefusalProps) {
  const now = usePageClock(1000);
  const wait_s = Math.ceil((retry_at - now) / 1000);
  return (
    <div class="refusal">
      <p class="problem" role="alert">
        <Icon name="failed" />
        {sentence}
      </p>
      <button type="button" class="button small" disabled={wait_s > 0} onClick={retry}>
        {wait_s > 0 ? `Retry in ${waiting(wait_s)}` : "Retry"}
      </button>
      <button type="button" class="button bare small" onClick={take_back}>Edit</button>
    </div>
  );
}

function waiting(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

// What a chat holds, and what of it is shown, which changes at most once a frame.
import { type ChatState, EMPTY_CHAT, type HeldChat, shownChat } from "./chat_state.ts";

export interface ChatView {
  held(): HeldChat;
  state(): ChatState;
  subscribe(listener: () => void): () => void;
  /** Is shown with the next frame. */
  set(change: Partial<HeldChat>): void;
  /** Is shown at once. */
  show(change: Partial<HeldChat>): void;
}

export function createChatView(frame: (paint: () => void) => () => void): ChatView {
  const listeners = new Set<() => void>();
  let held = EMPTY_CHAT;
  let state = shownChat(held);
  let waiting: (() => void) | null = null;
  const paint = () => {
    waiting = null;
    state = shownChat(held);
    for (const listener of listeners) listener();
  };
  const set = (change: Partial<HeldChat>) => {
    held = { ...held, ...change };
    waiting ??= frame(paint);
  };
  return {
    held: () => held,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set,
    show(change) {
      set(change);
      waiting?.();
      paint();
    },
  };
}

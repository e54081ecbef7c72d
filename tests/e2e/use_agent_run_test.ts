// The hook in React itself, on the real stack, in its strict mode, which mounts everything twice.
import assert from "node:assert/strict";
// @ts-types="npm:@types/react@19.3.0"
import { createElement, StrictMode } from "react";
// @ts-types="npm:@types/react-test-renderer@19.1.0"
import TestRenderer from "react-test-renderer";
import { type AgentRunChat, useAgentRun, type UseAgentRunOptions } from "../../client/react.ts";
import { scriptModel } from "../support/models/script.ts";
import { countedClient } from "../support/stack/chatting.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

Reflect.set(globalThis, "IS_REACT_ACT_ENVIRONMENT", false);

/** A page that shows a chat; `until` waits for what it shows, rendered. */
function render(client: ReturnType<typeof countedClient>["client"], options: UseAgentRunOptions = {}) {
  let shown: AgentRunChat | undefined;
  let look = () => {};
  function Page(props: UseAgentRunOptions) {
    const chat = shown = useAgentRun(client, props);
    queueMicrotask(() => look());
    const items = chat.messages.map(({ id, role, content }) =>
      createElement("li", { key: id }, `${role}: ${content}`)
    );
    return createElement("ul", null, ...items, createElement("p", null, chat.status));
  }
  const page = (props: UseAgentRunOptions) => createElement(StrictMode, null, createElement(Page, props));
  const root = TestRenderer.create(page(options));
  const chat = () => {
    assert.ok(shown, "nothing was rendered");
    return shown;
  };
  return {
    chat,
    text: () => JSON.stringify(root.toJSON()),
    show: (props: UseAgentRunOptions) => root.update(page(props)),
    leave: () => root.unmount(),
    until: (is: (chat: AgentRunChat) => boolean) =>
      new Promise<AgentRunChat>((resolve) => {
        look = () => void (shown && is(shown) && resolve(shown));
        look();
      }),
  };
}

const answered = ({ status, messages }: AgentRunChat) => status === "ready" && messages.length % 2 === 0;

test("a page sends a message and shows its answer, and after it is left no request is open", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Hello to you." }, { hold: "a", text: "Again." }]);
  const { client, counted } = countedClient(user);
  const page = render(client);
  await page.until(({ status }) => status === "ready");
  await page.chat().send("Hello");
  const { messages, session_id } = await page.until((chat) => answered(chat) && chat.messages.length === 2);
  assert.deepEqual(messages.map(({ content }) => content), ["Hello", "Hello to you."]);
  assert.match(page.text(), /user: Hello.*assistant: Hello to you\..*ready/);

  // The page puts the conversation into its address: it stays what it is.
  page.show({ session_id });
  await page.chat().send("Once more");
  await script.reached("a");
  await page.until(({ status }) => status === "running");
  page.leave();
  await counted.quiet();
  assert.equal(counted.posts.filter(({ path }) => path.endsWith("/cancel")).length, 0);

  const again = render(client, { session_id });
  await again.until(({ status }) => status === "running");
  await script.release("a");
  const all = await again.until((chat) => answered(chat) && chat.messages.length === 4);
  assert.deepEqual(all.messages.map(({ content }) => content), [
    "Hello",
    "Hello to you.",
    "Once more",
    "Again.",
  ]);
  again.leave();
  await counted.quiet();
});

// What the chat page asks for.

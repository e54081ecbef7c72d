// What the trace page asks for.

// What the runs page asks for.

// What the usage page asks for.

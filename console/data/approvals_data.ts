// What the approvals page asks for.

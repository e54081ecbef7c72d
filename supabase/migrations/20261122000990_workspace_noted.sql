-- The functions as they are meant to be, those that the workspace replaces included: the self-test tells of every other
-- change (migration security_functions).

select private.note_definitions();

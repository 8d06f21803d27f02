"""The ranked order behind a session, in a process of its own."""

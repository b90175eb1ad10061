"""The actors: thin shells around the rules, each a task with a mailbox. What all share is here."""

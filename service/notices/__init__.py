"""What people are told: the outbox, its channels and the messages themselves."""

"""Calendar subscriptions: rendered on change, served as bytes."""

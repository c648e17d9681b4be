"""Rules of layers and a school's own items: keep them, check them against the law, hand them to the planner."""

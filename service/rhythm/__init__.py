"""The timers: what they do, when they did it, and the fallback without Prefect."""

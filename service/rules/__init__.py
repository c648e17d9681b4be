"""Rules of layers: keep them, look at them, hold them against the law."""

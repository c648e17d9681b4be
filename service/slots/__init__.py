"""Hours for many meetings at once: asked, searched beside the school's work, approved or discarded."""

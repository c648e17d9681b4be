"""The example school: loaded through a school's own doors, then lived until today."""

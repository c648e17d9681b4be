"""The school itself: closures, staff and presence."""

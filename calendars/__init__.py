"""Time: school days, due rules and their derivation, iCalendar in and out."""

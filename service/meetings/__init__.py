"""Meetings: invite, move, call off."""

"""Linking: which mention is which actor, who spoke, what a time means, which mentions are one event."""

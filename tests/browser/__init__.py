"""Driving the built pages in real browsers."""

"""The Engagement Builder's rules: which event starts what, when, and how often it is tried.

Rule 1: nothing here sends, reads a clock or opens a connection; `engagement/` does.
"""

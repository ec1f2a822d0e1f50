"""The page shell: layout, furniture, words and static files. No rules, no SQL, no room is known here.

How to write a page is told in `docs/pages.md`.
"""

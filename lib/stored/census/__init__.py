"""A census of modes: what GANs of the literature find of a known law.

`methods` says what is compared, `training` trains one method several times,
and `python -m lib.stored.census` chooses settings and counts.
"""

"""One table: critics on every leash, and two ways without a critic.

`methods` says what is compared, `training` trains one method several times
and measures its distance, and `python -m lib.stored.variants` chooses
settings and measures.
"""

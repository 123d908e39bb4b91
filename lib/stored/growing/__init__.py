"""`make stored-growing`: one trunk trained in three ways, at equal compute.

Digits of 32 x 32 pixels, from the same blocks: all of them from the first
step (plain), one level after another (growing), or all levels shown at once
(multi-scale). Each gets the time of so many steps of the plain network.

    training    the three ways, and what a step of each costs
    judging     the digits, and what is measured of drawn ones
"""

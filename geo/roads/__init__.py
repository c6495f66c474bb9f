"""Travel by road: a network of points and timed arcs, where places join it, and who reaches what within how long.

Arrays in, arrays out: reading a map and keeping results is ``mapapp.travel``'s.
"""

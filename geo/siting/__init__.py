"""Where new sites help most.

``savings`` says what candidates are worth to people; ``choosing`` finds the best k of them, quickly or proven;
``everyone`` the fewest that reach all; ``filling`` those that fill most missing places; ``worst_first`` those for the
areas that are worst off.
"""

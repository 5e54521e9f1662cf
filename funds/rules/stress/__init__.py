"""Stress rules: how far a portfolio is from its cap, and how likely it gets there. Pure functions on plain values.

===============  ==============================================================================================
``limits``       where a reading breaches its cap, in the whole fund's money (domain 4.2, 4.5)
``reverse``      uniform markdown, failures and new money that reach the cap, exactly (domain 4.6)
``changes``      what-if: holdings marked down or written off, new money, another reading (domain 4.2)
``probability``  closed forms: independent, one factor, unequal amounts (domain 4.7)
``simulation``   Monte Carlo of one factor with a stored seed (domain 4.7)
``outcomes``     outcome tables, failure rates over time, the city's own record under a Beta prior (domain 3.5, 4.7)
===============  ==============================================================================================

Money and shares are exact; floats appear only in probabilities and in the arrays of the simulation.
"""
